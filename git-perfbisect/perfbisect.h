/* The subcommands of git perfbisect; one file each. */
#ifndef GIT_PERFBISECT_PERFBISECT_H
#define GIT_PERFBISECT_PERFBISECT_H

#include "ui/command.h"

int cmd_start(int argc, char **argv);
int cmd_init_kernel(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_test(int argc, char **argv);
int cmd_good(int argc, char **argv);
int cmd_bad(int argc, char **argv);
int cmd_skip(int argc, char **argv);
int cmd_retry(int argc, char **argv);
int cmd_undo(int argc, char **argv);
int cmd_next(int argc, char **argv);
int cmd_status(int argc, char **argv);
int cmd_log(int argc, char **argv);
int cmd_replay(int argc, char **argv);
int cmd_view(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_calibrate(int argc, char **argv);
int cmd_reset(int argc, char **argv);

extern const struct option_set start_set, init_kernel_set, run_set, test_set, good_set, bad_set, skip_set,
	retry_set, undo_set, next_set, status_set, log_set, replay_set, view_set, report_set, calibrate_set,
	reset_set;

#endif
