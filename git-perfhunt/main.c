#include "perfhunt.h"

static const struct command commands[] = {
	{ "start", cmd_start, &start_set },
	{ "run", cmd_run, &run_set },
	{ "profile", cmd_profile, &profile_set },
	{ "status", cmd_status, &status_set },
	{ "log", cmd_log, &log_set },
	{ "note", cmd_note, &note_set },
	{ "reset", cmd_reset, &reset_set },
};

int main(int argc, char **argv)
{
	return command_main("git-perfhunt", commands, ARRAY_SIZE(commands), argc, argv);
}
