/* The one door to the machine, whole: clock, files and locks, threads, sockets and signals, figures of the
 * host.
 *
 * Below market and above engine nothing else touches the system; from market to engine nothing includes it
 * (decision 16). SQLite's own files go through store/sqlite_vfs.h when they are simulated. */
#ifndef VITRINE_OS_OS_H
#define VITRINE_OS_OS_H

#include "os/clock.h"
#include "os/file.h"
#include "os/host.h"
#include "os/socket.h"
#include "os/thread.h"

#endif
