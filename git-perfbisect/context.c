/* The context of a session: where it is, and how it becomes a plan. */
#include <sys/stat.h>

#include "base/error.h"
#include "base/tempfile.h"
#include "session.h"
#include "ui/command.h"

static void make_dir(const char *path)
{
	if (mkdir(path, 0700) && errno != EEXIST)
		die("cannot make %s: %s", path, strerror(errno));
}

/* Of a linked worktree nothing is there yet. */
void session_make_dir(struct session *s)
{
	char *parent = xstrfmt("%s/perf", s->repo->git_dir);

	make_dir(parent);
	make_dir(s->dir);
	free(parent);
}

void session_configure(struct session *s)
{
	/* plan_set() passes over what is none of its keys. */
	for (size_t i = 0; i < s->config.nr; i++) {
		const struct config_entry *entry = &s->config.entries[i];

		if (plan_set(&s->plan, PLAN_CONFIG, entry->key, entry->value, entry->origin))
			die_error();
	}
}

void session_finish_plan(struct session *s)
{
	if (plan_finish(&s->plan))
		die_error();
	for (size_t i = 0; i < s->plan.warnings.nr; i++)
		warning("%s", s->plan.warnings.v[i]);
}

/* A session that has ended has its context in the database; the file may be that of another one. */
static int read_ended(struct session *s)
{
	struct tempfile file = TEMPFILE_INIT;
	char *path = xstrfmt("%s/context.%" PRId64, s->dir, s->row.id);
	int result = tempfile_create(&file, path);

	if (!result) {
		fputs(s->row.context, file.fp);
		result = tempfile_commit(&file) || plan_read(&s->plan, path) ? -1 : 0;
		unlink(path);
	}
	free(path);
	return result;
}

void session_load_plan(struct session *s)
{
	session_configure(s);
	if (s->row.state == STORE_DONE ? read_ended(s) : plan_read(&s->plan, s->context_path))
		die_error();
	session_finish_plan(s);
}
