/* A profile that is CSV; see profile.h. */
#ifndef PROFILE_TABLE_H
#define PROFILE_TABLE_H

#include "profile/build.h"
#include "profile/input.h"

/* Returns 0, or -1 with a recorded error that says the line but not the file. */
int table_read(struct build *build, struct input *input) MUST_CHECK;

#endif
