/* Internal: names of the fused set's kernels at this processor level; only *_lanes.c files include this. */
#ifndef VITRINE_QUANT_INDICATORS_W1_H
#define VITRINE_QUANT_INDICATORS_W1_H

#include "quant/indicators/kernels.h"
#include "quant/math/lane.h"

w1_run_t LANE_NAME(w1_run);
w1_last_t LANE_NAME(w1_last);

#endif
