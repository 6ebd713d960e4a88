/* The subcommands of git perfrank; one file each. */
#ifndef GIT_PERFRANK_PERFRANK_H
#define GIT_PERFRANK_PERFRANK_H

#include "ui/command.h"

int cmd_rank(int argc, char **argv);
int cmd_list(int argc, char **argv);
int cmd_show(int argc, char **argv);
int cmd_profile(int argc, char **argv);

extern const struct option_set rank_set;
extern const struct option_set list_set;
extern const struct option_set show_set;
extern const struct option_set profile_set;

#endif
