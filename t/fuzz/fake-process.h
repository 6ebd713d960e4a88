/*
 * base/process.h for fuzzers: a child whose output is the input. Defined in
 * the fuzzer itself, so that the linker leaves the real one out.
 */
#ifndef FAKE_PROCESS_H
#define FAKE_PROCESS_H

#include "base/process.h"
#include "fuzz.h"
#include "repo/objects.h"

/* What the next child prints, borrowed; each child that is started takes one. */
static struct {
	const char *text;
	size_t len;
} fake_outputs[8];
static size_t fake_nr, fake_next;

static void fake_release(struct process *p)
{
	strvec_release(&p->args);
	strvec_release(&p->env);
	strbuf_release(&p->ahead);
	strbuf_release(&p->errors);
}

void repo_git(struct process *p)
{
	strvec_push(&p->args, "git");
}

int process_start(struct process *p)
{
	p->ahead_at = 0;
	strbuf_reset(&p->ahead);
	if (fake_next < fake_nr)
		strbuf_add(&p->ahead, fake_outputs[fake_next].text, fake_outputs[fake_next].len);
	fake_next++;
	return 0;
}

int process_read_record(struct process *p, struct strbuf *record, char delim, size_t limit)
{
	const char *from = p->ahead.buf + p->ahead_at, *end;
	size_t have = p->ahead.len - p->ahead_at, take;

	strbuf_reset(record);
	if (!have)
		return 0;
	end = memchr(from, delim, have);
	take = end ? (size_t)(end - from) : have;
	if (take > limit)
		return error_set("a record of more than %zu bytes", limit);
	strbuf_add(record, from, take);
	p->ahead_at += take + !!end;
	return 1;
}

int process_capture(struct process *p, const struct strbuf *input UNUSED, struct strbuf *out,
		    size_t limit UNUSED)
{
	int result = process_start(p);

	strbuf_add(out, p->ahead.buf, p->ahead.len);
	fake_release(p);
	return result;
}

int process_write(struct process *p UNUSED, const void *data UNUSED, size_t len UNUSED)
{
	return 0;
}

int process_read_bytes(struct process *p, struct strbuf *out, size_t len)
{
	size_t have = p->ahead.len - p->ahead_at;

	if (len > have)
		return error_set("ended in the middle of its output");
	strbuf_add(out, p->ahead.buf + p->ahead_at, len);
	p->ahead_at += len;
	return 0;
}

void process_close_in(struct process *p UNUSED)
{
}

int process_finish(struct process *p)
{
	fake_release(p);
	return 0;
}

void process_kill(struct process *p)
{
	fake_release(p);
}

#endif
