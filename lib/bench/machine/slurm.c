/*
 * A node of a Slurm cluster. A boot is a job: an agent of ours in it runs what it
 * finds in a folder that the nodes and this computer share, command by command,
 * until the boot is left. Files there, not a connection: a job outlives us, and
 * the next process of ours goes on with it.
 *
 * A request is <n> (a script), its answer <n>.end with <n>.out, <n>.err; "taken" has
 * the number of the last answer that was used. What a process that was killed had
 * asked for and not used is used by the next, when it asks for the same.
 *
 * The first job's nodes are those of all that follow in the same context: numbers
 * of different nodes are not mixed.
 */

#include "base/clock.h"
#include "base/error.h"
#include "base/files.h"
#include "base/quote.h"
#include "base/sha256.h"
#include "base/tempfile.h"
#include "bench/machine/slurm-private.h"

/* Seconds until a job that was left has said so. */
#define LEAVE 20
/* Without a request for so long, in tenths of a second, nobody will come: ten minutes. */
#define AGENT_PATIENCE 6000
#define SMALL_FILE 4096

/*
 * $dir is the job's folder. That it is gone says that we are. What is ours there is for nobody
 * else; a request gets the job's own umask for the user's command.
 */
static const char agent[] = "mask=$(umask)\n"
			    "umask 077\n"
			    "n=1 idle=0\n"
			    "{ echo \"$SLURM_JOB_NODELIST\" && cat " MACHINE_BOOT_ID
			    "; } >\"$dir/hello.new\" &&\n"
			    "mv \"$dir/hello.new\" \"$dir/hello\" || exit 1\n"
			    "while test -d \"$dir\" && test ! -e \"$dir/leave\" && test $idle -lt $patience\n"
			    "do\n"
			    "	if test -e \"$dir/$n\"\n"
			    "	then\n"
			    "		sh \"$dir/$n\" \"$dir/$n\" $mask </dev/null\n"
			    "		test -e \"$dir/$n.end\" || echo none >\"$dir/$n.end\"\n"
			    "		n=$((n + 1)) idle=0\n"
			    "	else\n"
			    "		sleep 0.1 2>/dev/null || sleep 1\n"
			    "		idle=$((idle + 1))\n"
			    "	fi\n"
			    "done\n"
			    ": >\"$dir/ended\"\n";

static int slurm_accept(const struct plan_machine *conf)
{
	if (conf->boot != PLAN_BOOT_NONE && conf->boot != PLAN_BOOT_COMMAND)
		return error_set("boot: a job cannot boot another kernel below itself; use command");
	if (conf->host)
		return error_set("host: the cluster chooses the node; perfsut.<name>.sbatch may name it");
	return 0;
}

static struct slurm *slurm_of(struct machine *m)
{
	struct slurm *s = m->kind;
	char hex[SHA256_HEX_SIZE];

	if (!s) {
		s = m->kind = xcalloc(1, sizeof(*s));
		sha256_hex(m->conf->name, strlen(m->conf->name), hex);
		s->base = xstrfmt("%s/slurm-%.12s", m->log_dir, hex);
	}
	return s;
}

static enum outcome check(struct machine *m)
{
	return slurm_check(m->conf);
}

char *slurm_path(const struct slurm *s, long n, const char *suffix)
{
	return xstrfmt("%s/%ld%s", s->job.dir, n, suffix);
}

int slurm_write_file(const char *path, const char *text)
{
	struct tempfile file = TEMPFILE_INIT;

	if (tempfile_create(&file, path))
		return -1;
	fputs(text, file.fp);
	return tempfile_commit(&file);
}

int slurm_read_small(const char *path, struct strbuf *text)
{
	return strbuf_read_file(text, path, SMALL_FILE) < 0 ? -1 : 0;
}

/* --- a boot --- */

/* What the job is for: the same only when everything is. */
static void add_purpose(const struct machine *m, char hex[SHA256_HEX_SIZE])
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addf(&text, "boot\n%s\n%s\n%s\n%s\n", m->conf->name,
		    m->software.commit ? m->software.commit : "",
		    m->software.context_hash ? m->software.context_hash : "",
		    m->software.worktree ? m->software.worktree : "");
	sha256_hex(text.buf, text.len, hex);
	strbuf_release(&text);
}

static char *nodes_path(const struct slurm *s)
{
	return xstrfmt("%s.nodes", s->base);
}

/* "<context hash> <nodes>"; NULL when nothing is pinned in this context. For free(). */
static char *pinned_nodes(const struct machine *m)
{
	struct strbuf text = STRBUF_INIT;
	char *path = nodes_path(m->kind), *nodes = NULL, *space;

	if (!access(path, F_OK) && !slurm_read_small(path, &text)) {
		strbuf_rtrim(&text);
		space = strchr(text.buf, ' ');
		if (space)
			*space++ = '\0';
		if (space && !strcmp(text.buf, m->software.context_hash ? m->software.context_hash : "") &&
		    slurm_is_nodes(space))
			nodes = xstrdup(space);
	}
	error_clear();
	free(path);
	strbuf_release(&text);
	return nodes;
}

static enum outcome pin_nodes(const struct machine *m, const char *pinned, const char *nodes)
{
	char *path, *text;
	int result;

	if (!slurm_is_nodes(nodes)) {
		error_set("the job ran on '%.80s', which is no list of nodes", nodes);
		return OUTCOME_INFRASTRUCTURE;
	}
	if (pinned) {
		if (!strcmp(pinned, nodes))
			return OUTCOME_MEASURED;
		error_set("the job ran on %s, those before on %s: numbers of different nodes are not mixed",
			  nodes, pinned);
		return OUTCOME_INFRASTRUCTURE;
	}
	path = nodes_path(m->kind);
	text = xstrfmt("%s %s\n", m->software.context_hash ? m->software.context_hash : "", nodes);
	result = slurm_write_file(path, text);
	free(path);
	free(text);
	return result ? OUTCOME_INFRASTRUCTURE : OUTCOME_MEASURED;
}

void slurm_assign(struct strbuf *script, const char *name, const char *value)
{
	strbuf_addf(script, "%s=", name);
	quote_shell(script, value);
	strbuf_addch(script, '\n');
}

static enum outcome submit(struct machine *m, const char *purpose, const char *nodes)
{
	struct slurm *s = m->kind;
	struct strbuf script = STRBUF_INIT;
	enum outcome outcome;

	if (m->conf->boot == PLAN_BOOT_COMMAND) {
		outcome = machine_hook(m, "boot", m->conf->boot_command, machine_boot_timeout(m),
				       OUTCOME_BOOT_FAILED, NULL);
		if (outcome)
			return outcome;
	}
	outcome = slurm_prepare(&s->job, purpose);
	if (outcome)
		return outcome;
	strbuf_addstr(&script, "#!/bin/sh\n");
	slurm_assign(&script, "dir", s->job.dir);
	strbuf_addf(&script, "patience=%d\n", AGENT_PATIENCE);
	strbuf_addstr(&script, agent);
	outcome = slurm_submit(&s->job, &script, nodes);
	strbuf_release(&script);
	return outcome;
}

/* What a process that is gone had asked the agent for. */
static void take_over(struct slurm *s)
{
	struct strbuf text = STRBUF_INIT;
	char *path = xstrfmt("%s/taken", s->job.dir);

	s->asked = s->taken = 0;
	if (!access(path, F_OK) && !slurm_read_small(path, &text))
		s->taken = strtol(text.buf, NULL, 10);
	free(path);
	strbuf_release(&text);
	for (bool there = true; there; s->asked += there) {
		path = slurm_path(s, s->asked + 1, "");
		there = !access(path, F_OK);
		free(path);
	}
	error_clear();
}

/* A node that takes no jobs any more is waited for in vain: whoever waits has to know why it is this one. */
static void explain_waiting(struct machine *m, const char *pinned)
{
	struct slurm *s = m->kind;
	char *path = nodes_path(s);

	free(s->bound);
	s->bound = pinned ? xstrfmt("and has to run on %s, as those before it; remove '%s' to measure elsewhere",
				    pinned, path)
			  : NULL;
	s->job.bound = s->bound;
	s->job.tell = m->tell;
	s->job.data = m->tell_data;
	free(path);
}

/* "<nodes>\n<boot id>\n" */
static enum outcome read_hello(struct machine *m, const char *pinned)
{
	struct slurm *s = m->kind;
	struct strbuf text = STRBUF_INIT, id = STRBUF_INIT;
	char *path = xstrfmt("%s/hello", s->job.dir), *line;
	enum outcome outcome = slurm_read_small(path, &text) ? OUTCOME_INFRASTRUCTURE : OUTCOME_MEASURED;

	if (!outcome) {
		line = strchr(text.buf, '\n');
		if (line)
			*line++ = '\0';
		outcome = pin_nodes(m, pinned, text.buf);
		strbuf_addf(&id, "%s/%.64s", text.buf, line ? line : "");
		machine_name_session(m, &id);
	}
	free(path);
	strbuf_release(&text);
	strbuf_release(&id);
	return outcome;
}

static enum outcome begin(struct machine *m, const char *pinned)
{
	struct slurm *s = m->kind;
	char purpose[SHA256_HEX_SIZE];
	bool found = false, late = false;
	enum outcome outcome;

	add_purpose(m, purpose);
	outcome = slurm_find(&s->job, m->conf, s->base, purpose, &found);
	if (!outcome && !found)
		outcome = submit(m, purpose, pinned);
	explain_waiting(m, pinned);
	if (!outcome)
		outcome = slurm_wait(&s->job, "hello", machine_boot_timeout(m), &late);
	if (late)
		error_set("the job %s has run for %g s and its script does not show in '%s', which the nodes "
			  "have to share",
			  s->job.id, machine_boot_timeout(m), s->job.dir);
	if (outcome)
		return outcome;
	take_over(s);
	s->runs = true;
	return read_hello(m, pinned);
}

static void leave(struct machine *m)
{
	struct slurm *s = slurm_of(m);
	char *why = xstrdup(error_message());
	bool late;

	if (s->job.name && s->runs) {
		char *path = xstrfmt("%s/leave", s->job.dir);

		machine_restore_profile(m);
		/* A farewell, so that the job counts as completed; one that does not hear it is cancelled. */
		if (s->runs && (slurm_write_file(path, "") || slurm_wait(&s->job, "ended", LEAVE, &late)))
			error_clear();
		free(path);
	}
	s->runs = false;
	strvec_release(&m->old_sysctls);
	slurm_end(&s->job);
	error_set("%s", why);
	free(why);
}

static enum outcome boot(struct machine *m)
{
	struct slurm *s = slurm_of(m);
	double start = clock_monotonic();
	enum outcome outcome;
	char *pinned;

	leave(m);
	pinned = pinned_nodes(m);
	outcome = begin(m, pinned);
	m->boot_seconds = clock_monotonic() - start;
	free(pinned);
	if (!outcome)
		outcome = machine_apply_profile(m);
	if (outcome) {
		s->runs = false;
		slurm_end(&s->job);
	}
	return outcome;
}

static void close_slurm(struct machine *m)
{
	struct slurm *s = slurm_of(m);

	leave(m);
	slurm_release(&s->job);
	free(s->base);
	free(s->bound);
	free(s);
	m->kind = NULL;
}

const struct machine_ops machine_slurm = {
	.method = "slurm",
	.help = "a node of a Slurm cluster",
	.accept = slurm_accept,
	.check = check,
	.install = machine_install_hook,
	.boot = boot,
	.verify = machine_verify_software,
	.run = slurm_run,
	.leave = leave,
	.power = machine_power_hook,
	.close = close_slurm,
};
