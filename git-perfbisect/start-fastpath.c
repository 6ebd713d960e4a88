/* Contexts and plans of Arm's Fastpath, as keys of ours. */
#include "base/error.h"
#include "start.h"
#include "store/fastpath-yaml.h"
#include "ui/command.h"

static void set(struct session *s, const char *key, const char *value, const char *path)
{
	if (value && *value && plan_set(&s->plan, PLAN_FILE, key, value, path))
		die_error();
}

static void set_in(struct session *s, const char *section, const char *name, const char *key,
		   const char *value, const char *path)
{
	char *full = xstrfmt("%s.%s.%s", section, name, key);

	set(s, full, value, path);
	free(full);
}

static void set_number(struct session *s, const char *section, const char *name, const char *key,
		       unsigned value, const char *path)
{
	char text[16];

	if (!value)
		return;
	snprintf(text, sizeof(text), "%u", value);
	set_in(s, section, name, key, text, path);
}

static char *join(const struct strvec *words, const char *between)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < words->nr; i++)
		strbuf_addf(&text, "%s%s", i ? between : "", words->v[i]);
	return strbuf_detach(&text, NULL);
}

static void set_machine(struct session *s, const struct fastpath_context *from, const char *path)
{
	if (!*from->sut)
		return;
	set(s, "perfbisect.sut", from->sut, path);
	set_in(s, "perfsut", from->sut, "method", "ssh", path);
	set_in(s, "perfsut", from->sut, "host", from->host, path);
	set_in(s, "perfsut", from->sut, "user", from->user, path);
	set_in(s, "perfsut", from->sut, "keyfile", from->keyfile, path);
	set_number(s, "perfsut", from->sut, "port", from->port, path);
}

static void set_benchmarks(struct session *s, const struct fastpath_context *from, const char *path)
{
	for (size_t i = 0; i < from->benchmarks_nr; i++) {
		const struct fastpath_benchmark *b = &from->benchmarks[i];
		char *name = xstrfmt("%s/%s", b->suite, b->name);

		set_number(s, "perfbench", name, "warmups", b->warmups, path);
		set_number(s, "perfbench", name, "repeats", b->repeats, path);
		set_number(s, "perfbench", name, "sessions", b->sessions, path);
		if (from->benchmarks_nr == 1)
			set(s, "perfbisect.benchmark", name, path);
		free(name);
	}
}

/* One software profile holds for all: start compares the two of a result store. */
static void set_profile(struct session *s, const struct fastpath_swprofile *from, const char *path)
{
	char *cmdline = join(&from->cmdline, " "), *script = join(&from->bootscript, "\n");

	set(s, "perfprofile.cmdline", cmdline, path);
	for (size_t i = 0; i < from->sysctl.nr; i++)
		set(s, "perfprofile.sysctl", from->sysctl.v[i], path);
	set(s, "perfprofile.bootscript", script, path);
	free(cmdline);
	free(script);
}

/* A bisection has one kernel to change, on one node. */
static void refuse_several_nodes(const struct fastpath_context *from, const char *path)
{
	if (from->nodes > 1)
		die("%s: the sut %s has %u nodes; a bisection measures on one, so name a single-node sut",
		    path, from->sut, from->nodes);
	for (size_t i = 0; i < from->benchmarks_nr; i++)
		if (from->benchmarks[i].roles > 1)
			die("%s: the benchmark %s/%s has %u roles, on several nodes; a bisection measures on one, "
			    "so take a single-node benchmark",
			    path, from->benchmarks[i].suite, from->benchmarks[i].name,
			    from->benchmarks[i].roles);
}

void start_read_fastpath(struct session *s, const char *path)
{
	struct fastpath_context from = FASTPATH_CONTEXT_INIT;

	if (fastpath_read(&from, path))
		die_error();
	for (size_t i = 0; i < from.warnings.nr; i++)
		warning("%s: %s", path, from.warnings.v[i]);
	refuse_several_nodes(&from, path);
	set_machine(s, &from, path);
	set_benchmarks(s, &from, path);
	if (from.swprofiles_nr)
		set_profile(s, &from.swprofiles[0], path);
	set(s, "perfbisect.good", from.good_sha, path);
	set(s, "perfbisect.bad", from.bad_sha, path);
	set(s, "perfbisect.goodSwprofile", from.good_swprofile, path);
	set(s, "perfbisect.badSwprofile", from.bad_swprofile, path);
	set(s, "perfbisect.resultclass", from.resultclass, path);
	set(s, "perfbisect.source", from.resultstore, path);
	fastpath_release(&from);
}
