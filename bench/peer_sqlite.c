/* Bare SQLite: rows a second, durable, so many rows a commit. usage: w6_sqlite FOLDER ROWS_A_COMMIT ROWS */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static sqlite3 *database(const char *folder)
{
    static const char *const suffix[] = {"", "-wal", "-shm"};
    char path[4096];
    sqlite3 *db = NULL;
    for (int i = 2; i >= 0; i--) {
        snprintf(path, sizeof path, "%s/peer.db%s", folder, suffix[i]);
        unlink(path);
    }
    if (sqlite3_open(path, &db) != SQLITE_OK) {
        return NULL;
    }
    int failed = sqlite3_exec(db,
                              "pragma journal_mode=WAL; pragma synchronous=FULL;"
                              "create table o(id integer primary key, t int, symbol text, side int, qty real,"
                              " price real, status int, payload text)",
                              NULL, NULL, NULL);
    return failed ? NULL : db;
}

static int insert(sqlite3_stmt *s, int i)
{
    static const char payload[] = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
                                  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";
    sqlite3_bind_int64(s, 1, i + 1);
    sqlite3_bind_int64(s, 2, 1700000000000LL + i);
    sqlite3_bind_text(s, 3, "SPY", 3, SQLITE_STATIC);
    sqlite3_bind_int(s, 4, i & 1);
    sqlite3_bind_double(s, 5, 100.0);
    sqlite3_bind_double(s, 6, 412.5 + i);
    sqlite3_bind_int(s, 7, 3);
    sqlite3_bind_text(s, 8, payload, (int)sizeof payload - 1, SQLITE_STATIC);
    int done = sqlite3_step(s) == SQLITE_DONE;
    sqlite3_reset(s);
    return done;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        return 2;
    }
    int batch = (int)strtol(argv[2], NULL, 10);
    int rows = (int)strtol(argv[3], NULL, 10);
    sqlite3 *db = database(argv[1]);
    sqlite3_stmt *s = NULL;
    if (db == NULL || batch < 1 ||
        sqlite3_prepare_v2(db, "insert into o values(?,?,?,?,?,?,?,?)", -1, &s, NULL)) {
        return 1;
    }
    double start = now();
    for (int i = 0; i < rows; i++) {
        if (batch > 1 && i % batch == 0 && sqlite3_exec(db, "begin immediate", NULL, NULL, NULL)) {
            return 1;
        }
        if (!insert(s, i)) {
            return 1;
        }
        if (batch > 1 && i % batch == batch - 1 && sqlite3_exec(db, "commit", NULL, NULL, NULL)) {
            return 1;
        }
    }
    printf("%.1f\n# SQLite %s\n", rows / (now() - start), sqlite3_libversion());
    sqlite3_finalize(s);
    sqlite3_close(db);
    return 0;
}
