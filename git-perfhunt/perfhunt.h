/* The subcommands of git perfhunt; one file each. */
#ifndef GIT_PERFHUNT_PERFHUNT_H
#define GIT_PERFHUNT_PERFHUNT_H

#include "ui/command.h"

int cmd_start(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_profile(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_log(int argc, char **argv);
int cmd_note(int argc, char **argv);
int cmd_reset(int argc, char **argv);

extern const struct option_set start_set, run_set, profile_set, status_set, log_set, note_set, reset_set;

#endif
