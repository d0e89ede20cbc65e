/* The table of everything this binary is made of. New kinds of parts are added here and nowhere else. */
#ifndef VITRINE_APP_MODULES_H
#define VITRINE_APP_MODULES_H

#include "faces/cli/app.h"

extern const parts_t app_parts;

#endif
