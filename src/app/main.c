/* The program: hands its arguments, its environment and its parts to the command line. */
#include <stdio.h>
#include <unistd.h>

#include "app/modules.h"
#include "faces/cli/cli.h"
#include "os/host.h"

int main(int argc, char **argv)
{
    os_process_guard();
    return (int)cli_run(argc, argv, environ, &app_parts, (streams_t){.out = stdout, .err = stderr});
}
