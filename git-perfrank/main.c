#include "perfrank.h"

static const struct command commands[] = {
	{ "rank", cmd_rank, &rank_set, true },
	{ "list", cmd_list, &list_set },
	{ "show", cmd_show, &show_set },
	{ "profile", cmd_profile, &profile_set },
};

int main(int argc, char **argv)
{
	return command_main("git-perfrank", commands, ARRAY_SIZE(commands), argc, argv);
}
