/* What was typed, as keys of the context. */
#include "start.h"

#include "base/error.h"
#include "base/process.h"
#include "base/quote.h"
#include "bench/preset.h"
#include "ui/command.h"

/* A benchmark that goes along to another machine. */
#define SCRIPT_LIMIT 65536

static void set(struct session *s, const char *key, const char *value, const char *origin)
{
	if (value && plan_set(&s->plan, PLAN_OPTION, key, value, origin))
		die_error();
}

static void set_in(struct session *s, const char *section, const char *name, const char *key,
		   const char *value, const char *origin)
{
	char *full = xstrfmt("%s.%s.%s", section, name, key);

	set(s, full, value, origin);
	free(full);
}

/* A shell word for each argument, as "sh -c" takes them apart again. */
static char *join_words(const struct strvec *words, size_t first)
{
	struct strbuf out = STRBUF_INIT;

	/* One word is a command line of its own, unless it is a program whose name would be taken apart. */
	if (words->nr == first + 1 && access(words->v[first], X_OK))
		return xstrdup(words->v[first]);
	for (size_t i = first; i < words->nr; i++) {
		if (i > first)
			strbuf_addch(&out, ' ');
		quote_shell_word(&out, words->v[i]);
	}
	return strbuf_detach(&out, NULL);
}

/* Does the bad end have this file? Then it is in the worktree, too, in the version to be measured. */
static bool is_tracked(const char *path)
{
	struct process p = PROCESS_INIT;
	bool tracked;

	strvec_pushl(&p.args, "git", "--literal-pathspecs", "ls-files", "--error-unmatch", "--", path, NULL);
	p.out = PROCESS_NULL;
	p.err = PROCESS_PIPE;
	tracked = !process_start(&p) && !process_finish(&p);
	error_clear();
	return tracked;
}

/* The script as a command that brings it along: it has no file on the other machine. */
static void add_carried(struct strbuf *out, const char *path)
{
	struct strbuf text = STRBUF_INIT;

	if (strbuf_read_file(&text, path, SCRIPT_LIMIT) < 0)
		die_error();
	if (strlen(text.buf) != text.len)
		die("%s is a program of this machine; put it on the other one, and give its path there", path);
	strbuf_addstr(out, "f=$(mktemp) || exit; trap 'rm -f \"$f\"' 0; printf %s ");
	quote_shell(out, text.buf);
	strbuf_addstr(out, " >\"$f\" && chmod 700 \"$f\" && \"$f\"");
	strbuf_release(&text);
}

/*
 * Commands run in the worktree or on another machine. A script that lies here and is
 * not of the repository ("-- ./netperf.sh") is named by its full path, or goes along.
 */
static char *place_command(char *command, bool remote)
{
	size_t n = strcspn(command, " \t\n;|&<>()'\"$`\\");
	char *word = xmemdupz(command, n), *real = NULL;
	struct strbuf out = STRBUF_INIT;

	if (strchr(word, '/') && *word != '/' && !access(word, X_OK) && !is_tracked(word))
		real = realpath(word, NULL);
	free(word);
	if (!real)
		return command;
	if (remote)
		add_carried(&out, real);
	else
		quote_shell_word(&out, real);
	strbuf_addstr(&out, command + n);
	free(real);
	free(command);
	return strbuf_detach(&out, NULL);
}

/* What a benchmark without a name is called: its preset, or its program. */
static char *name_of_command(const char *command)
{
	const struct preset *preset = preset_of_command(command);
	const char *first = command + (*command == '\''), *end, *start;
	char *name;

	if (preset)
		return xstrdup(preset_name(preset));
	start = end = first + strcspn(first, first > command ? "'" : " \t\n;|&<>()'\"$`\\");
	while (start > first && start[-1] != '/')
		start--;
	name = xmemdupz(start, (size_t)(end - start));
	for (char *p = name; *p; p++)
		if (!is_word_char(*p) && *p != '-' && *p != '.')
			*p = '-';
	if (*name)
		return name;
	free(name);
	return xstrdup("benchmark");
}

/* A copy: setting a key of the plan ends what it was before. */
static char *given_benchmark(const struct session *s, const struct measure_options *opts)
{
	const char *name = opts->benchmark ? opts->benchmark : s->plan.benchmark;

	return name ? xstrdup(name) : NULL;
}

/* The one line that says how the number is found. */
static char *metric_line(const struct session *s, const struct measure_options *opts)
{
	const char *known = opts->resultclass ? opts->resultclass : s->plan.result_class;
	const char *name = known ? known : "value";
	const char *better = opts->better ? opts->better : "lower", *unit = opts->unit ? opts->unit : "-";
	int given = (opts->metric != NULL) + (opts->json_pointer != NULL) + (opts->csv_column != NULL);

	if (!given)
		return NULL;
	if (given > 1)
		die("--metric, --json-pointer and --csv-column exclude each other; give one of them");
	if (opts->metric)
		return xstrfmt("%s %s %s regex %s", name, better, unit, opts->metric);
	if (opts->json_pointer)
		return xstrfmt("%s %s %s json %s", name, better, unit, opts->json_pointer);
	return xstrfmt("%s %s %s csv %s", name, better, unit, opts->csv_column);
}

static bool is_remote(const struct session *s)
{
	const struct plan_machine *m = s->plan.sut.nr ? plan_machine(&s->plan, s->plan.sut.v[0]) : NULL;

	return m && m->method && strcmp(m->method, "local") != 0;
}

static void fill_benchmark(struct session *s, const struct measure_options *opts, char *command)
{
	char *line = metric_line(s, opts), *name = given_benchmark(s, opts);

	if (!name && command)
		name = name_of_command(command);
	if (!name && s->plan.benches_nr == 1)
		name = xstrdup(s->plan.benches[0].name);
	if (!name)
		die("no benchmark: give its command after --, or --benchmark <name> of a configured one "
		    "(perfbench.<name>.command)");
	set(s, "perfbisect.benchmark", name, "--benchmark");
	if (command)
		command = place_command(command, is_remote(s));
	set_in(s, "perfbench", name, "command", command, "the command line");
	set_in(s, "perfbench", name, "metric", line, "--metric");
	set_in(s, "perfbench", name, "warmups", opts->warmups, "--warmups");
	set_in(s, "perfbench", name, "repeats", opts->repeats, "--repeats");
	set_in(s, "perfbench", name, "sessions", opts->sessions, "--sessions");
	set_in(s, "perfbench", name, "timeout", opts->timeout, "--timeout");
	if (opts->unit && !line)
		die("--unit belongs to --metric, --json-pointer or --csv-column");
	free(line);
	free(name);
	free(command);
}

/* "user@host" and a plain host are reached by ssh; a configured name is what it is configured to be. */
static void add_machine(struct session *s, const struct measure_options *opts, const char *name)
{
	const char *host = opts->host, *at;
	char *user = opts->user ? xstrdup(opts->user) : NULL;

	set(s, "perfbisect.sut", name, opts->on.nr ? "--on" : "--sut");
	if (!host && !plan_machine(&s->plan, name) && strcmp(name, "local") != 0) {
		at = strrchr(name, '@');
		host = at ? at + 1 : name;
		if (at && !user)
			user = xmemdupz(name, (size_t)(at - name));
	}
	if (host) {
		set_in(s, "perfsut", name, "method", "ssh", "--on");
		set_in(s, "perfsut", name, "host", host, "--on");
	}
	set_in(s, "perfsut", name, "user", user, "--on");
	set_in(s, "perfsut", name, "port", opts->port, "--port");
	set_in(s, "perfsut", name, "keyfile", opts->keyfile, "--keyfile");
	free(user);
}

static bool same_names(const struct strvec *a, const struct strvec *b)
{
	for (size_t i = 0; i < a->nr && i < b->nr; i++)
		if (strcmp(a->v[i], b->v[i]) != 0)
			return false;
	return a->nr == b->nr;
}

static void fill_machines(struct session *s, const struct measure_options *opts)
{
	const struct strvec *names = opts->on.nr ? &opts->on : &opts->sut;

	if (opts->on.nr && opts->sut.nr && !same_names(&opts->on, &opts->sut))
		die("--on and --sut name different machines; give one of them");
	if (opts->host && names->nr > 1)
		die("--host is that of one machine; name several with --on");
	if (!names->nr && !opts->host && (opts->user || opts->port || opts->keyfile))
		die("--user, --port and --keyfile belong to a machine; name it with --host or --on");
	if (!names->nr && opts->host)
		add_machine(s, opts, opts->host);
	for (size_t i = 0; i < names->nr; i++)
		add_machine(s, opts, names->v[i]);
}

static void fill_ends(struct session *s, const struct start_options *opts, const struct strvec *words, size_t nr)
{
	if (nr && opts->bad)
		die("the %s end is given twice, as '%s' and by --bad", "bad", words->v[0]);
	if (nr > 1 && opts->good)
		die("the %s end is given twice, as '%s' and by --good", "good", words->v[1]);
	set(s, "perfbisect.bad", nr ? words->v[0] : opts->bad, nr ? "the command line" : "--bad");
	set(s, "perfbisect.good", nr > 1 ? words->v[1] : opts->good, nr > 1 ? "the command line" : "--good");
	set(s, "perfbisect.termGood", opts->term_good, "--term-good");
	set(s, "perfbisect.termBad", opts->term_bad, "--term-bad");
}

/* The context is read from other folders, too. */
static char *absolute(const char *path)
{
	char *real = path ? realpath(path, NULL) : NULL;

	if (path && !real)
		die("cannot read %s: %s", path, strerror(errno));
	return real;
}

/* The context is of the whole work tree: a path below the current folder gets that in front. */
static void set_path(struct session *s, const char *path)
{
	struct process p = PROCESS_INIT;
	struct strbuf prefix = STRBUF_INIT;

	strvec_pushl(&p.args, "git", "rev-parse", "--show-prefix", NULL);
	p.err = PROCESS_PIPE;
	if (process_capture(&p, NULL, &prefix, SCRIPT_LIMIT))
		die_error();
	strbuf_rtrim(&prefix);
	/* ":(top)x" and the like say themselves where they are. */
	if (*path == ':')
		strbuf_reset(&prefix);
	strbuf_addstr(&prefix, path);
	set(s, "perfbisect.paths", prefix.buf, "--paths");
	strbuf_release(&prefix);
}

static void fill_session(struct session *s, const struct start_options *opts)
{
	char *prior = absolute(opts->prior);

	set(s, "perfbisect.strategy", opts->strategy, "--strategy");
	set(s, "perfbisect.confidence", opts->confidence, "--confidence");
	set(s, "perfbisect.budget", opts->budget, "--budget");
	set(s, "perfbisect.minEffect", opts->min_effect, "--min-effect");
	set(s, "perfbisect.prior", prior, "--prior");
	free(prior);
	set(s, "perfbisect.source", opts->resultstore, "--resultstore");
	set(s, "perfbisect.goodSwprofile", opts->good_swprofile, "--good-swprofile");
	set(s, "perfbisect.badSwprofile", opts->bad_swprofile, "--bad-swprofile");
	if (opts->first_parent)
		set(s, "perfbisect.firstParent", "true", "--first-parent");
	if (opts->find_fix)
		set(s, "perfbisect.findFix", "true", "--find-fix");
	for (size_t i = 0; i < opts->paths.nr; i++)
		set_path(s, opts->paths.v[i]);
}

void start_fill_measure(struct session *s, const struct measure_options *opts, const struct strvec *words,
			size_t dashes)
{
	char *command = dashes < words->nr ? join_words(words, dashes)
		      : opts->run          ? xstrdup(opts->run)
					   : NULL;

	if (dashes < words->nr && opts->run)
		die("the benchmark's command is given twice, after -- and by --run");
	set(s, "perfbuild.command", opts->build, "--build");
	set(s, "perfbuild.output", opts->output, "--output");
	set(s, "perfbisect.resultclass", opts->resultclass, "--resultclass");
	set(s, "perfbisect.better", opts->better, "--better");
	fill_machines(s, opts);
	fill_benchmark(s, opts, command);
}

void start_fill_plan(struct session *s, const struct start_options *opts, const struct strvec *words,
		     size_t dashes)
{
	if (opts->from && (ends_with(opts->from, ".yaml") || ends_with(opts->from, ".yml")))
		start_read_fastpath(s, opts->from);
	else if (opts->from && plan_read(&s->plan, opts->from))
		die_error();
	fill_ends(s, opts, words, dashes);
	fill_session(s, opts);
	start_fill_measure(s, &opts->measure, words, dashes);
}
