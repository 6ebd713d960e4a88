#include "profile/script.h"

#include "profile/report.h"
#include "profile/symbol.h"

/* More different functions than any program has. */
#define FRAMES_MAX (4u << 20)

/* A power of two; how many lines are remembered, and of which length at most. */
#define SEEN 8192
#define SEEN_LEN 240

struct script_seen {
	uint32_t frame;
	uint8_t len;
	char line[SEEN_LEN];
};

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Takes a hexadecimal number off the text; false without a digit. */
static bool take_hex(const char **at, const char *end, uint64_t *value)
{
	const char *from = *at;

	*value = 0;
	while (*at < end && hex_value(**at) >= 0)
		*value = *value << 4 | (unsigned)hex_value(*(*at)++);
	return *at > from;
}

/* The " (" that begins "(/usr/bin/program)" at the end: names may have blanks and brackets, too. */
static const char *find_object(const char *from, const char *end)
{
	size_t depth = 0;

	for (const char *at = end; at > from; at--) {
		depth += at[-1] == ')';
		if (at[-1] == '(' && !--depth)
			return at - 1 > from && at[-2] == ' ' ? at - 2 : NULL;
	}
	return NULL;
}

static uint32_t number_of(struct script *script, const char *function, size_t len, const char *object,
			  size_t object_len, uint64_t begin)
{
	size_t known = script->keys.nr, id;
	char place[3] = { (char)('0' + (begin & 63)), (char)('0' + (begin >> 6 & 63)), '\0' };

	strbuf_reset(&script->key);
	strbuf_add(&script->key, function, len);
	strbuf_addch(&script->key, '\0');
	strbuf_add(&script->key, object, object_len);
	strbuf_addch(&script->key, '\0');
	strbuf_add(&script->key, place, 2);
	id = strmap_intern(&script->keys, script->key.buf, script->key.len);
	if (id == known) {
		ALLOC_GROW(script->frames, id + 1, script->alloc);
		script->frames[id] = (struct script_frame){ .begin = begin, .object = len + 1 };
	}
	return (uint32_t)id;
}

/* "1ba07 _dl_start+0x297 (/usr/lib/ld.so)" */
static uint32_t frame_of(struct script *script, const char *at, const char *end)
{
	const char *object, *plus, *offset_at;
	uint64_t ip, offset;

	if (!take_hex(&at, end, &ip) || at == end || *at != ' ' || end[-1] != ')')
		return EDGES_UNKNOWN;
	at++;
	object = find_object(at, end);
	plus = object ? memrchr(at, '+', (size_t)(object - at)) : NULL;
	if (!plus || plus == at || object - plus < 4 || plus[1] != '0' || plus[2] != 'x')
		return EDGES_UNKNOWN;
	offset_at = plus + 3;
	if (!take_hex(&offset_at, object, &offset) || offset_at != object ||
	    symbol_is_unknown(at, (size_t)(plus - at)) || script->keys.nr > FRAMES_MAX)
		return EDGES_UNKNOWN;
	return number_of(script, at, (size_t)(plus - at), object + 2, (size_t)(end - object) - 3, ip - offset);
}

static uint64_t hash_of(const char *text, size_t len)
{
	uint64_t hash = len, word;

	for (; len >= sizeof(word); text += sizeof(word), len -= sizeof(word)) {
		memcpy(&word, text, sizeof(word));
		hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 32;
	}
	word = 0;
	memcpy(&word, text, len);
	hash = (hash ^ word) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 32;
}

/* As frame_of(), without taking the same line apart again and again. */
static uint32_t remembered_frame(struct script *script, const char *at, const char *end)
{
	size_t len = (size_t)(end - at);
	struct script_seen *seen;

	if (len > SEEN_LEN)
		return frame_of(script, at, end);
	if (!script->seen)
		script->seen = xcalloc(SEEN, sizeof(*script->seen));
	seen = &script->seen[hash_of(at, len) & (SEEN - 1)];
	if (seen->len == len && !memcmp(seen->line, at, len))
		return seen->frame;
	seen->frame = frame_of(script, at, end);
	seen->len = (uint8_t)len;
	memcpy(seen->line, at, len);
	return seen->frame;
}

void script_end(struct script *script)
{
	/* Without a period it is no stack, or none that is wanted. */
	if (script->depth && script->period)
		edges_stack(&script->edges, script->stack, script->depth, script->period);
	script->depth = 0;
	script->period = 0;
}

static bool is_wanted(struct script *script, const char *event, size_t len)
{
	strbuf_reset(&script->key);
	report_event_name(&script->key, event, len);
	return !strcmp(script->key.buf, script->event);
}

/* "20000", or "20000   cpu-clock:u:" */
static void take_period(struct script *script, const char *at, const char *end)
{
	uint64_t period = 0;

	script_end(script);
	while (at < end && *at >= '0' && *at <= '9' && period < UINT64_MAX / 100)
		period = period * 10 + (uint64_t)(*at++ - '0');
	while (at < end && *at == ' ')
		at++;
	if (script->event ? is_wanted(script, at, (size_t)(end - at)) : at == end)
		script->period = period;
}

void script_line(struct script *script, const char *line, size_t len)
{
	const char *at = line, *end = line + len;

	while (at < end && (*at == ' ' || *at == '\t'))
		at++;
	while (end > at && (end[-1] == ' ' || end[-1] == '\r'))
		end--;
	if (at == end)
		script_end(script);
	else if (*line != '\t')
		take_period(script, at, end);
	else if (script->depth < EDGES_DEPTH)
		script->stack[script->depth++] = remembered_frame(script, at, end);
}

void script_release(struct script *script)
{
	strmap_release(&script->keys);
	edges_release(&script->edges);
	strbuf_release(&script->key);
	free(script->frames);
	free(script->seen);
	*script = (struct script)SCRIPT_INIT;
}
