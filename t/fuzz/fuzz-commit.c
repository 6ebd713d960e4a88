/*
 * Feeds hostile commit objects to repo/commit.h. Built and run by `make fuzz`.
 */
#include "repo/commit.h"

#include "fuzz.h"

static void check_within(const char *data, size_t size, const char *part, size_t len)
{
	REQUIRE(part);
	/* What is absent is an empty string of the parser's own. */
	REQUIRE(!len || (part >= data && part + len <= data + size));
}

static void check_message(const char *data, size_t size, const struct commit_text *c)
{
	check_within(data, size, c->message, c->message_len);
	check_within(data, size, c->subject, c->subject_len);
	check_within(data, size, c->body, c->body_len);
	check_within(c->message, c->message_len, c->subject, c->subject_len);
	check_within(c->message, c->message_len, c->body, c->body_len);
	REQUIRE(!memchr(c->message, '\0', c->message_len));
	REQUIRE(!c->body_len || c->body >= c->subject + c->subject_len);
	REQUIRE(!c->subject_len || (c->subject[0] != '\n' && c->subject[c->subject_len - 1] != '\n'));
}

static void check_people(const char *data, size_t size, const struct commit_text *c)
{
	check_within(data, size, c->author, c->author_len);
	check_within(data, size, c->mail, c->mail_len);
	check_within(data, size, c->encoding, c->encoding_len);
	REQUIRE(!memchr(c->author, '\n', c->author_len) && !memchr(c->author, '<', c->author_len));
	REQUIRE(!memchr(c->mail, '\n', c->mail_len) && !memchr(c->mail, '>', c->mail_len));
	REQUIRE(c->author_date >= 0 && c->author_date < INT64_C(1000000000000000));
	REQUIRE(c->commit_date >= 0 && c->commit_date < INT64_C(1000000000000000));
	REQUIRE(abs(c->author_zone) <= 99 * 60 + 99);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_copy(data, size);
	struct commit_text c;

	error_clear();
	if (commit_parse(text, size, &c)) {
		REQUIRE(*error_message());
	} else {
		check_within(text, size, c.tree_hex, 40);
		check_people(text, size, &c);
		check_message(text, size, &c);
	}
	free(text);
	return 0;
}
