/* `vitrine data backup`: a proven copy of the home's database (store/backup.h). */
#ifndef VITRINE_FACES_CLI_VERB_DATA_BACKUP_H
#define VITRINE_FACES_CLI_VERB_DATA_BACKUP_H

#include "faces/cli/app.h"
#include "faces/cli/args.h"

MUST_USE err_t data_backup(app_t *app, const args_t *args);

#endif
