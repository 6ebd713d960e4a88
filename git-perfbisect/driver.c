#include "driver.h"

#include "base/error.h"
#include "base/tempfile.h"

#define LOG_LIMIT ((size_t)16 << 20)

static void fill_setup(struct session *s, struct git_bisect_setup *setup)
{
	*setup = (struct git_bisect_setup){ .bad = s->bad,
					    .good = s->good,
					    .ngood = s->ngood,
					    .first_parent = s->plan.first_parent,
					    .term_good = s->plan.term_good,
					    .term_bad = s->plan.term_bad,
					    .paths = &s->plan.paths };
}

int driver_start(struct session *s, struct git_bisect_answer *answer)
{
	struct git_bisect_setup setup;

	fill_setup(s, &setup);
	return git_bisect_start(s->repo, &setup, answer);
}

/* As git itself quotes in its log, "!" included. */
static void add_quoted(struct strbuf *out, const char *word)
{
	strbuf_addch(out, '\'');
	for (; *word; word++) {
		if (*word == '\'' || *word == '!')
			strbuf_addf(out, "'\\%c'", *word);
		else
			strbuf_addch(out, *word);
	}
	strbuf_addch(out, '\'');
}

static void add_start(const struct session *s, struct strbuf *out)
{
	strbuf_addstr(out, "git bisect start '--no-checkout'");
	if (s->plan.first_parent)
		strbuf_addstr(out, " '--first-parent'");
	if (s->plan.term_good)
		strbuf_addf(out, " '--term-good=%s'", s->plan.term_good);
	if (s->plan.term_bad)
		strbuf_addf(out, " '--term-bad=%s'", s->plan.term_bad);
	strbuf_addf(out, " '%s'", session_hex(s, s->nr - 1));
	for (size_t i = 0; i < s->ngood; i++) {
		char hex[OID_HEX_MAX + 1];

		strbuf_addf(out, " '%s'", oid_to_hex(hex, &s->good[i], s->repo->rawlen));
	}
	if (s->plan.paths.nr)
		strbuf_addstr(out, " '--'");
	for (size_t i = 0; i < s->plan.paths.nr; i++) {
		strbuf_addch(out, ' ');
		add_quoted(out, s->plan.paths.v[i]);
	}
	strbuf_addch(out, '\n');
}

static bool is_end(const struct session *s, size_t commit)
{
	return !commit || commit == s->nr - 1;
}

/* The bad commit that git has to have heard last: the culprit, or else the oldest. */
static size_t last_bad(const struct session *s)
{
	struct bisect_answer answer = BISECT_ANSWER_INIT;
	size_t last = BISECT_NONE;

	bisect_answer(s->engine, &answer);
	if (answer.verdict == BISECT_NAMED && !is_end(s, answer.culprit) &&
	    bisect_mark_of(s->engine, answer.culprit) == BISECT_BAD)
		last = answer.culprit;
	bisect_answer_release(&answer);
	if (last != BISECT_NONE)
		return last;
	for (size_t i = 0; i < s->ntouched; i++)
		if (!is_end(s, s->touched[i]) && s->touched[i] < last &&
		    bisect_mark_of(s->engine, s->touched[i]) == BISECT_BAD)
			last = s->touched[i];
	return last;
}

/*
 * The marked commits, in the order in which they are told: of bad ones a later one
 * replaces an earlier one in git, so the oldest, or the culprit, comes last.
 */
static size_t list_marked(const struct session *s, size_t *commits, enum bisect_mark *marks)
{
	size_t nr = 0, last = last_bad(s);

	for (size_t i = 0; i < s->ntouched; i++) {
		size_t commit = s->touched[i];
		enum bisect_mark mark = is_end(s, commit) ? BISECT_UNMARKED : bisect_mark_of(s->engine, commit);

		if (mark == BISECT_UNMARKED || commit == last)
			continue;
		commits[nr] = commit;
		marks[nr++] = mark;
	}
	if (last != BISECT_NONE) {
		commits[nr] = last;
		marks[nr++] = BISECT_BAD;
	}
	return nr;
}

static void add_mark(const struct session *s, size_t commit, enum bisect_mark mark, struct strbuf *out)
{
	char *subject = session_subject(s, commit, 200);

	strbuf_addf(out, "# %s: [%s] %s\n", session_term(s, mark), session_hex(s, commit), subject);
	strbuf_addf(out, "git bisect %s %s\n", session_term(s, mark), session_hex(s, commit));
	free(subject);
}

void driver_log(const struct session *s, struct strbuf *out)
{
	size_t *commits = xcalloc(s->ntouched + 1, sizeof(*commits));
	enum bisect_mark *marks = xcalloc(s->ntouched + 1, sizeof(*marks));
	size_t nr = list_marked(s, commits, marks);

	add_start(s, out);
	for (size_t i = 0; i < nr; i++)
		add_mark(s, commits[i], marks[i], out);
	free(commits);
	free(marks);
}

/* What git has heard already. */
struct told {
	/* An enum bisect_mark for each commit. */
	unsigned char *marks;
	size_t last_bad;
};

/* What git was told of a commit by a line "git bisect <term> <id>", into `told`. */
static void take_line(const struct session *s, const char *line, struct told *told)
{
	static const enum bisect_mark known[] = { BISECT_GOOD, BISECT_BAD, BISECT_SKIP };
	const char *at = line + strlen("git bisect ");
	struct oid id = { 0 };

	if (!starts_with(line, "git bisect "))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		const char *term = session_term(s, known[i]);
		size_t len = strlen(term), commit;

		if (strncmp(at, term, len) != 0 || at[len] != ' ' ||
		    strlen(at + len + 1) < 2 * s->repo->rawlen ||
		    oid_from_hex(&id, at + len + 1, s->repo->rawlen))
			continue;
		commit = session_find(s, &id);
		if (commit == BISECT_NONE)
			continue;
		told->marks[commit] = (unsigned char)known[i];
		if (known[i] == BISECT_BAD)
			told->last_bad = commit;
	}
}

static int read_told(const struct session *s, struct told *told)
{
	char *path = xstrfmt("%s/BISECT_LOG", s->repo->git_dir);
	struct strbuf text = STRBUF_INIT;
	int result = strbuf_read_file(&text, path, LOG_LIMIT) < 0 ? -1 : 0;
	char *line = text.buf, *end;

	for (; !result && (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		take_line(s, line, told);
	}
	strbuf_release(&text);
	free(path);
	return result;
}

/* Has git been told something that does not hold (any more)? */
static bool is_refuted(const struct session *s, const struct told *told)
{
	for (size_t i = 1; i + 1 < s->nr; i++)
		if (told->marks[i] && told->marks[i] != (unsigned char)bisect_mark_of(s->engine, i))
			return true;
	return false;
}

static int replay(struct session *s, struct git_bisect_answer *answer)
{
	struct tempfile file = TEMPFILE_INIT;
	struct strbuf text = STRBUF_INIT;
	char *path = xstrfmt("%s/replay", s->dir);
	int result = tempfile_create(&file, path);

	if (!result) {
		driver_log(s, &text);
		fwrite(text.buf, 1, text.len, file.fp);
		result = tempfile_commit(&file);
	}
	if (!result)
		result = git_bisect_replay(s->repo, path, answer);
	unlink(path);
	strbuf_release(&text);
	free(path);
	return result;
}

/* What git has not heard; and the last bad commit, where git heard of another one since. */
static bool is_news(const struct told *told, const size_t *commits, size_t i, size_t nr)
{
	if (!told->marks[commits[i]])
		return true;
	return i + 1 == nr && told->marks[commits[i]] == BISECT_BAD && told->last_bad != commits[i];
}

/* One call of git for each run of equal marks: git chooses once a call. */
static int tell(struct session *s, struct told *told, struct git_bisect_answer *answer)
{
	size_t *commits = xcalloc(s->ntouched + 1, sizeof(*commits));
	enum bisect_mark *marks = xcalloc(s->ntouched + 1, sizeof(*marks));
	struct oid *ids = xcalloc(s->ntouched + 1, sizeof(*ids));
	size_t nr = list_marked(s, commits, marks), n = 0, calls = 0;
	int result = 0;

	for (size_t i = 0; i < nr && !result; i++) {
		if (!is_news(told, commits, i, nr))
			continue;
		ids[n++] = *session_oid(s, commits[i]);
		/* git takes one bad commit a call. */
		if (i + 1 < nr && is_news(told, commits, i + 1, nr) && marks[i + 1] == marks[i] &&
		    marks[i] != BISECT_BAD)
			continue;
		if (marks[i] == BISECT_BAD)
			told->last_bad = commits[i];
		result = git_bisect_mark_many(s->repo, session_term(s, marks[i]), ids, n, answer);
		n = 0;
		calls++;
	}
	free(commits);
	free(marks);
	free(ids);
	return result || calls ? result : STORE_NONE;
}

static bool has_any(const struct told *told, size_t nr)
{
	for (size_t i = 0; i < nr; i++)
		if (told->marks[i])
			return true;
	return false;
}

int driver_sync(struct session *s, struct git_bisect_answer *answer)
{
	struct told told = { xcalloc(s->nr, 1), BISECT_NONE };
	int result = 0;

	if (git_bisect_active(s->repo) && !git_bisect_detached(s->repo)) {
		result = error_set(
			"a git bisect of your own is going on here; end it first with git bisect reset");
	} else if (!git_bisect_active(s->repo)) {
		result = replay(s, answer);
	} else {
		result = read_told(s, &told);
		if (!result && is_refuted(s, &told))
			result = replay(s, answer);
		else if (!result)
			result = tell(s, &told, answer);
		/* Nothing was new: git repeats what it said, from its log where that may be an end. */
		if (result == STORE_NONE)
			result = has_any(&told, s->nr) || s->nr < 3 ? replay(s, answer)
								    : git_bisect_next(s->repo, answer);
	}
	free(told.marks);
	return result;
}

int driver_choose(struct session *s, struct git_bisect_answer *answer)
{
	static const enum bisect_event_kind kinds[] = {
		[GIT_BISECT_NEXT] = BISECT_CANDIDATE,
		[GIT_BISECT_FIRST_BAD] = BISECT_FIRST_BAD,
		[GIT_BISECT_ONLY_SKIPPED] = BISECT_ONLY_SKIPPED,
	};
	struct bisect_event event = { .commit = BISECT_NONE };

	if (driver_sync(s, answer))
		return -1;
	event.kind = kinds[answer->word];
	if (answer->word != GIT_BISECT_ONLY_SKIPPED) {
		char hex[OID_HEX_MAX + 1];

		event.commit = session_find(s, &answer->id);
		if (event.commit == BISECT_NONE)
			return error_set("git bisect wants to test %s, which is not between the ends; "
					 "was the bisection changed by hand? git perfbisect reset ends it",
					 oid_to_hex(hex, &answer->id, s->repo->rawlen));
	}
	return session_record(s, &event);
}
