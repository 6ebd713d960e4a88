/* The command line, as git's parse-options reads it. */
#include "ui/option-row.h"

#include "base/error.h"
#include "base/escape.h"
#include "ui/command.h"

struct parser {
	const struct option_set *set;
	void *values;
	int argc;
	char **argv;
	int at;
	/* Only a value was wrong: the sentence alone helps. */
	bool value_wrong;
};

/* A long option as typed, cut at "=". */
struct long_word {
	const char *name;
	size_t len;
	/* What follows "=", or NULL. */
	const char *value;
};

struct match {
	const struct option *row;
	bool negated;
};

/* --name, and --no-name behind it. */
static int count_names(const struct option *row)
{
	if (!row->name)
		return 0;
	return option_has_negation(row) ? 2 : 1;
}

static int ambiguous(const struct long_word *word, const struct match *a, const struct match *b)
{
	struct strbuf first = STRBUF_INIT, second = STRBUF_INIT;

	option_add_name(a->row, a->negated, &first);
	option_add_name(b->row, b->negated, &second);
	error_set("ambiguous option: %.*s (could be --%s or --%s)", (int)word->len, word->name, first.buf,
		  second.buf);
	strbuf_release(&first);
	strbuf_release(&second);
	return -1;
}

/* The option of a whole or uniquely abbreviated name: 1, 0 for none, -1 for several. */
static int find_long(const struct option *rows, const struct long_word *word, struct match *found)
{
	struct match others = { NULL, false };
	struct strbuf name = STRBUF_INIT;
	int count = 0;

	for (const struct option *row = rows; row->type != OPTION_LAST; row++) {
		for (int negated = 0; negated < count_names(row); negated++) {
			strbuf_reset(&name);
			option_add_name(row, negated, &name);
			if (name.len < word->len || memcmp(name.buf, word->name, word->len))
				continue;
			if (!count || name.len == word->len)
				*found = (struct match){ row, negated };
			else if (!others.row)
				others = (struct match){ row, negated };
			count++;
			if (name.len == word->len) {
				strbuf_release(&name);
				return 1;
			}
		}
	}
	strbuf_release(&name);
	return count > 1 ? ambiguous(word, found, &others) : count;
}

static int unknown_long(const struct option *rows, const struct long_word *word)
{
	struct strbuf name = STRBUF_INIT, best = STRBUF_INIT;
	char *typed = xmemdupz(word->name, word->len);
	size_t best_distance = SIZE_MAX, distance;

	for (const struct option *row = rows; row->type != OPTION_LAST; row++) {
		for (int negated = 0; negated < count_names(row); negated++) {
			strbuf_reset(&name);
			option_add_name(row, negated, &name);
			if (!is_near(typed, name.buf, &distance) || distance >= best_distance)
				continue;
			strbuf_reset(&best);
			strbuf_addstr(&best, name.buf);
			best_distance = distance;
		}
	}
	if (best.len)
		error_set("unknown option `%s'; did you mean `--%s'?", typed, best.buf);
	else
		error_set("unknown option `%s'", typed);
	free(typed);
	strbuf_release(&name);
	strbuf_release(&best);
	return -1;
}

static int store(struct parser *p, const struct option *row, const char *value)
{
	if (!option_store(row, p->values, value))
		return 0;
	p->value_wrong = true;
	if (row->name)
		return error_prefix("option `%s'", row->name);
	return error_prefix("switch `%c'", row->letter);
}

static const char *next_word(struct parser *p)
{
	return p->at + 1 < p->argc ? p->argv[++p->at] : NULL;
}

static int unexpected_value(const struct match *found)
{
	struct strbuf name = STRBUF_INIT;

	option_add_name(found->row, found->negated, &name);
	error_set("option `%s' takes no value", name.buf);
	strbuf_release(&name);
	return -1;
}

static int take_long(struct parser *p, const char *text)
{
	struct long_word word = { .name = text, .len = strcspn(text, "=") };
	struct match found = { NULL, false };
	int count;

	if (text[word.len])
		word.value = text + word.len + 1;
	count = find_long(p->set->rows, &word, &found);
	if (count < 0)
		return -1;
	if (!count)
		return unknown_long(p->set->rows, &word);
	if (found.negated || !option_takes_value(found.row)) {
		if (word.value)
			return unexpected_value(&found);
		option_store_flag(found.row, p->values, !found.negated);
		return 0;
	}
	if (!word.value)
		word.value = next_word(p);
	if (!word.value)
		return error_set("option `%s' requires a value", found.row->name);
	return store(p, found.row, word.value);
}

static const struct option *find_letter(const struct option *rows, char letter)
{
	for (const struct option *row = rows; row->type != OPTION_LAST; row++)
		if (row->letter == letter && row->type != OPTION_GROUP)
			return row;
	return NULL;
}

/* Letters in one word: flags, of which the last may be one with a value. */
static int take_letters(struct parser *p, const char *letters)
{
	for (; *letters; letters++) {
		const struct option *row = find_letter(p->set->rows, *letters);
		const char *value;

		if (!row && (*letters & 0x80))
			return error_set("unknown switch in `-%s'", letters);
		if (!row)
			return error_set("unknown switch `%c'", *letters);
		if (!option_takes_value(row)) {
			option_store_flag(row, p->values, true);
			continue;
		}
		value = letters[1] ? letters + 1 : next_word(p);
		if (!value)
			return error_set("switch `%c' requires a value", *letters);
		return store(p, row, value);
	}
	return 0;
}

static enum options_result answer(const struct strbuf *text, enum options_result result)
{
	fwrite(text->buf, 1, text->len, stdout);
	return result;
}

/* -h and what completion scripts ask for, wherever it stands. */
static enum options_result take_question(const struct option_set *set, const char *word)
{
	struct strbuf text = STRBUF_INIT;
	enum options_result result = OPTIONS_OK;

	if (!strcmp(word, "--help") || (!strcmp(word, "-h") && !find_letter(set->rows, 'h'))) {
		options_usage(set, &text);
		result = answer(&text, OPTIONS_HELP);
	} else if (!strcmp(word, "--git-completion-helper-table")) {
		option_add_completion_table(set->rows, &text);
		result = answer(&text, OPTIONS_ANSWERED);
	} else if (!strcmp(word, "--git-completion-helper") || !strcmp(word, "--git-completion-helper-all")) {
		option_add_completion_words(set->rows, ends_with(word, "-all"), &text);
		result = answer(&text, OPTIONS_ANSWERED);
	}
	strbuf_release(&text);
	return result;
}

static enum options_result wrong(const struct parser *p)
{
	struct strbuf text = STRBUF_INIT;

	strbuf_addstr(&text, "error: ");
	escape_terminal(&text, error_message(), strlen(error_message()), ESCAPE_ALL);
	strbuf_addch(&text, '\n');
	if (!p->value_wrong)
		options_usage(p->set, &text);
	fflush(stdout);
	fwrite(text.buf, 1, text.len, stderr);
	strbuf_release(&text);
	return OPTIONS_WRONG;
}

enum options_result options_parse(const struct option_set *set, void *values, int argc, char **argv,
				  struct strvec *rest, size_t *after_dashes)
{
	struct parser p = { .set = set, .values = values, .argc = argc, .argv = argv, .at = 1 };
	bool only_arguments = false;

	for (; p.at < argc; p.at++) {
		const char *word = argv[p.at];
		enum options_result asked;

		if (!strcmp(word, "--"))
			break;
		if (only_arguments || word[0] != '-' || !word[1]) {
			strvec_push(rest, word);
			continue;
		}
		if (!strcmp(word, "--end-of-options")) {
			only_arguments = true;
			continue;
		}
		asked = take_question(set, word);
		if (asked != OPTIONS_OK)
			return asked;
		if (word[1] == '-' ? take_long(&p, word + 2) : take_letters(&p, word + 1))
			return wrong(&p);
	}
	if (after_dashes)
		*after_dashes = rest->nr;
	for (p.at++; p.at < argc; p.at++)
		strvec_push(rest, argv[p.at]);
	return OPTIONS_OK;
}

int options_status(enum options_result result)
{
	return result == OPTIONS_HELP || result == OPTIONS_WRONG ? EXIT_USAGE : EXIT_DONE;
}
