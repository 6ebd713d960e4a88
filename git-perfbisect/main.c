#include "perfbisect.h"

static const struct command commands[] = {
	{ "start", cmd_start, &start_set },    { "init-kernel", cmd_init_kernel, &init_kernel_set },
	{ "run", cmd_run, &run_set },          { "status", cmd_status, &status_set },
	{ "report", cmd_report, &report_set }, { "log", cmd_log, &log_set },
	{ "test", cmd_test, &test_set },       { "good", cmd_good, &good_set },
	{ "bad", cmd_bad, &bad_set },          { "skip", cmd_skip, &skip_set },
	{ "retry", cmd_retry, &retry_set },    { "undo", cmd_undo, &undo_set },
	{ "next", cmd_next, &next_set },       { "view", cmd_view, &view_set },
	{ "replay", cmd_replay, &replay_set }, { "calibrate", cmd_calibrate, &calibrate_set },
	{ "reset", cmd_reset, &reset_set },
};

int main(int argc, char **argv)
{
	return command_main("git-perfbisect", commands, ARRAY_SIZE(commands), argc, argv);
}
