#include "unit.h"

#include "base/error.h"
#include "repo/commit.h"

#define TREE "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
#define PARENT "parent c35c4923a0b325f269ad1ab2d9a64a24bdca8054\n"
#define COMMITTER "committer C O Mitter <committer@example.com> 1112912053 -0700\n"
#define AUTHOR "author A U Thor <author@example.com> 1112911993 +0530\n"

#define assert_text(text, len, expected)                        \
	do {                                                    \
		assert_int_equal((len), sizeof(expected) - 1);  \
		assert_memory_equal((text), (expected), (len)); \
	} while (0)

/* The commit in memory of exactly its size, so that a sanitizer sees a step beyond. */
static char *held;

static struct commit_text parsed_bytes(const char *text, size_t len)
{
	struct commit_text c;

	free(held);
	held = xmalloc(len ? len : 1);
	memcpy(held, text, len);
	assert_int_equal(commit_parse(held, len, &c), 0);
	return c;
}

static struct commit_text parsed(const char *text)
{
	return parsed_bytes(text, strlen(text));
}

static void test_plain_commit(void **state UNUSED)
{
	struct commit_text c = parsed(TREE PARENT AUTHOR COMMITTER "\nsubject\n\nbody\n\nSigned-off-by: x\n");

	assert_memory_equal(c.tree_hex, "4b825dc642cb6eb9a060e54bf8d69288fbee4904\n", 41);
	assert_text(c.author, c.author_len, "A U Thor");
	assert_text(c.mail, c.mail_len, "author@example.com");
	assert_int_equal(c.author_date, 1112911993);
	assert_int_equal(c.author_zone, 330);
	assert_int_equal(c.commit_date, 1112912053);
	assert_text(c.subject, c.subject_len, "subject");
	assert_text(c.body, c.body_len, "body\n\nSigned-off-by: x\n");
	assert_text(c.message, c.message_len, "subject\n\nbody\n\nSigned-off-by: x\n");
	assert_int_equal(c.encoding_len, 0);
}

static void test_headers_that_hold_headers(void **state UNUSED)
{
	struct commit_text c = parsed(TREE PARENT PARENT AUTHOR COMMITTER
				      "encoding ISO-8859-1\n"
				      "mergetag object c35c4923a0b325f269ad1ab2d9a64a24bdca8054\n"
				      " type commit\n"
				      " author Some One Else <else@example.com> 1 +0000\n"
				      " \n"
				      " text\n"
				      "author Third One <third@example.com> 2 +0000\n"
				      "gpgsig -----BEGIN PGP SIGNATURE-----\n"
				      " \n"
				      "\nsubject\n");

	assert_text(c.author, c.author_len, "A U Thor");
	assert_int_equal(c.author_date, 1112911993);
	assert_text(c.encoding, c.encoding_len, "ISO-8859-1");
	assert_text(c.subject, c.subject_len, "subject");
	assert_text(c.body, c.body_len, "");
}

static void test_subject_is_the_first_paragraph(void **state UNUSED)
{
	struct commit_text c = parsed(TREE AUTHOR COMMITTER "\n\n \t\nline one\nline two \n  \n\n body\n");

	assert_text(c.subject, c.subject_len, "line one\nline two");
	assert_text(c.body, c.body_len, " body\n");
	c = parsed(TREE AUTHOR COMMITTER "\nno newline at the end");
	assert_text(c.subject, c.subject_len, "no newline at the end");
	assert_text(c.body, c.body_len, "");
}

static void test_empty_messages(void **state UNUSED)
{
	static const char *const texts[] = {
		TREE AUTHOR COMMITTER,
		TREE AUTHOR COMMITTER "\n",
		TREE AUTHOR COMMITTER "\n\n\n",
		TREE AUTHOR "committer C O Mitter <committer@example.com> 1112912053 -0700",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct commit_text c = parsed(texts[i]);

		assert_int_equal(c.subject_len, 0);
		assert_int_equal(c.body_len, 0);
		assert_non_null(c.subject);
		assert_int_equal(c.commit_date, 1112912053);
	}
}

static void test_message_ends_at_a_nul(void **state UNUSED)
{
	static const char text[] = TREE AUTHOR COMMITTER "\nsubj\0ect\n\nbody\n";
	struct commit_text c = parsed_bytes(text, sizeof(text) - 1);

	assert_text(c.message, c.message_len, "subj");
	assert_text(c.subject, c.subject_len, "subj");
	assert_text(c.body, c.body_len, "");
}

static void test_no_author(void **state UNUSED)
{
	struct commit_text c = parsed(TREE COMMITTER "\nsubject\n");

	assert_text(c.author, c.author_len, "");
	assert_text(c.mail, c.mail_len, "");
	assert_int_equal(c.author_date, 0);
	assert_text(c.subject, c.subject_len, "subject");
}

static struct commit_text with_author(const char *author)
{
	char *text = xstrfmt(TREE "author %s\n" COMMITTER "\nsubject\n", author);
	struct commit_text c = parsed(text);

	free(text);
	return c;
}

static void test_odd_authors(void **state UNUSED)
{
	struct commit_text c = with_author("<only@example.com> 5 +0000");

	assert_text(c.author, c.author_len, "");
	assert_text(c.mail, c.mail_len, "only@example.com");
	assert_int_equal(c.author_date, 5);
	c = with_author("Name Only");
	assert_text(c.author, c.author_len, "Name Only");
	assert_text(c.mail, c.mail_len, "");
	assert_int_equal(c.author_date, 0);
	c = with_author("Open <bracket 5 +0000");
	assert_text(c.author, c.author_len, "Open");
	assert_text(c.mail, c.mail_len, "bracket 5 +0000");
	assert_int_equal(c.author_date, 0);
	c = with_author("Two <a@example.com> <b@example.com> 7 -0130");
	assert_text(c.mail, c.mail_len, "a@example.com");
	assert_int_equal(c.author_date, 7);
	assert_int_equal(c.author_zone, -90);
	c = with_author("");
	assert_text(c.author, c.author_len, "");
}

static void test_odd_dates(void **state UNUSED)
{
	assert_int_equal(with_author("A <a> 18446744073709551616 +0000").author_date, 0);
	assert_int_equal(with_author("A <a> 9999999999999999999999999 +0000").author_date, 0);
	assert_int_equal(with_author("A <a> -1 +0000").author_date, 0);
	assert_int_equal(with_author("A <a> Mon Jan 1 +0000").author_date, 0);
	assert_int_equal(with_author("A <a>").author_date, 0);
	assert_int_equal(with_author("A <a> 4102444800").author_date, 4102444800);
	assert_int_equal(with_author("A <a> 4102444800").author_zone, 0);
	assert_int_equal(with_author("A <a> 5 +05").author_zone, 0);
	assert_int_equal(with_author("A <a> 5 *0530").author_zone, 0);
	assert_int_equal(with_author("A <a> 5 +9999").author_zone, 99 * 60 + 99);
}

static void test_sha256_tree(void **state UNUSED)
{
	struct commit_text c = parsed("tree 6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321\n"
				      "\nsubject\n");

	assert_memory_equal(c.tree_hex, "6ef19b41", 8);
	assert_text(c.subject, c.subject_len, "subject");
}

static void test_without_a_tree_line_there_is_no_commit(void **state UNUSED)
{
	static const char tree_comes_late[] = PARENT TREE;
	static const char *const texts[] = {
		"",
		"\n",
		"tree",
		"tree ",
		"tree 4b825dc642cb6eb9a060e54bf8d69288fbee490\n",
		"tree 4b825dc642cb6eb9a060e54bf8d69288fbee49045\n",
		"tree 4b825dc642cb6eb9a060e54bf8d69288fbee490g\n",
		tree_comes_late,
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		char *text = xmemdupz(texts[i], strlen(texts[i]));
		struct commit_text c;

		error_clear();
		assert_int_equal(commit_parse(text, strlen(text), &c), -1);
		assert_string_not_equal(error_message(), "");
		free(text);
	}
}

/* Every beginning of a commit is handled, in memory of just its size. */
static void test_every_truncation(void **state UNUSED)
{
	static const char text[] = TREE PARENT AUTHOR COMMITTER
		"encoding x\ngpgsig y\n z\n\nsub\nject\n\nbody\n";

	for (size_t len = strlen(TREE); len < sizeof(text); len++) {
		struct commit_text c = parsed_bytes(text, len);

		assert_true(c.message + c.message_len <= held + len || !c.message_len);
		assert_true(c.body + c.body_len <= held + len || !c.body_len);
	}
}

static int release(void **state UNUSED)
{
	free(held);
	held = NULL;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_commit),
		cmocka_unit_test(test_headers_that_hold_headers),
		cmocka_unit_test(test_subject_is_the_first_paragraph),
		cmocka_unit_test(test_empty_messages),
		cmocka_unit_test(test_message_ends_at_a_nul),
		cmocka_unit_test(test_no_author),
		cmocka_unit_test(test_odd_authors),
		cmocka_unit_test(test_odd_dates),
		cmocka_unit_test(test_sha256_tree),
		cmocka_unit_test(test_without_a_tree_line_there_is_no_commit),
		cmocka_unit_test(test_every_truncation),
	};

	return cmocka_run_group_tests_name("commit", tests, NULL, release);
}
