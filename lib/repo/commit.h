/*
 * A commit object taken apart. All pointers borrow from the object's text;
 * bytes are as they lie in the repository, of any encoding.
 */
#ifndef REPO_COMMIT_H
#define REPO_COMMIT_H

#include "base/compat.h"
#include "repo/oid.h"

struct commit_text {
	/* 40 or 64 digits, ended by a newline or the end of the text. */
	const char *tree_hex;
	/* "A U Thor <mail>" split: the name, the mail without brackets. */
	const char *author;
	size_t author_len;
	const char *mail;
	size_t mail_len;
	/* Seconds since 1970; 0 where the date is malformed. Zone as +hhmm in minutes. */
	int64_t author_date;
	int author_zone;
	int64_t commit_date;
	/* What the message is encoded in; empty: UTF-8, or so it should be. */
	const char *encoding;
	size_t encoding_len;
	/* First paragraph; may hold newlines. */
	const char *subject;
	size_t subject_len;
	const char *body;
	size_t body_len;
	/* The whole message, up to its first NUL. */
	const char *message;
	size_t message_len;
};

/*
 * Returns 0, or -1 with a recorded error when there is not even a tree line.
 * What else is absent or malformed is empty or 0; no pointer is ever NULL.
 */
int commit_parse(const char *data, size_t size, struct commit_text *commit) MUST_CHECK;

#endif
