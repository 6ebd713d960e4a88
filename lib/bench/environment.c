#include "bench/environment.h"

void bench_clear_git(struct strvec *env)
{
	/* As `git rev-parse --local-env-vars` lists them, but for configuration. */
	strvec_pushl(env, "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX",
		     "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_GRAFT_FILE",
		     "GIT_SHALLOW_FILE", "GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE", "GIT_NAMESPACE",
		     "GIT_INTERNAL_SUPER_PREFIX", "GIT_IMPLICIT_WORK_TREE", NULL);
}
