#include "fixer/place.h"

#include "base/files.h"
#include "repo/bisect.h"

void place_set(struct job *job, const char *name, const char *value)
{
	if (value)
		strvec_pushf(&job->env, "%s=%s", name, value);
}

void place_command(struct job *job, const char *command, const char *dir)
{
	job_shell(job, command);
	job->dir = dir;
	git_leave_repository(&job->env);
}

int place_fresh(const char *scratch)
{
	static const char *const folders[] = { "home", "tmp", "output" };
	int result = remove_tree(scratch);

	for (size_t i = 0; !result && i < ARRAY_SIZE(folders); i++) {
		char *path = xstrfmt("%s/%s", scratch, folders[i]);

		result = make_directories(path);
		free(path);
	}
	return result;
}

void place_world(struct job *job, const char *scratch)
{
	strvec_pushf(&job->env, "HOME=%s/home", scratch);
	strvec_pushf(&job->env, "TMPDIR=%s/tmp", scratch);
	strvec_pushf(&job->env, "PERF_OUTPUT=%s/output", scratch);
	/* They default to folders below HOME. */
	strvec_push(&job->env, "XDG_CACHE_HOME");
	strvec_push(&job->env, "XDG_CONFIG_HOME");
	strvec_push(&job->env, "XDG_DATA_HOME");
	strvec_push(&job->env, "XDG_STATE_HOME");
	strvec_push(&job->env, "XDG_RUNTIME_DIR");
	/* A sum of the environment's bytes moves the stack, and with it times. */
	strvec_push(&job->env, "OLDPWD");
}
