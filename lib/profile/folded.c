#include "profile/folded.h"

#include "base/error.h"
#include "base/strmap.h"
#include "profile/clean.h"
#include "profile/stacks.h"
#include "profile/symbol.h"

struct folded {
	struct build *build;
	/* Functions by cleaned name, their own samples, and the line that names each first. */
	struct strmap names;
	uint64_t *samples;
	size_t *lines;
	size_t alloc;
	struct edges edges;
	uint64_t total;
	struct strbuf name;
};

/* Where the count of a line begins, behind the last blank; NULL without one. */
static const char *count_of(const char *line, size_t len)
{
	const char *blank = memrchr(line, ' ', len);
	size_t n = blank ? len - (size_t)(blank + 1 - line) : 0;

	if (!n || blank == line)
		return NULL;
	for (size_t i = 1; i <= n; i++)
		if (blank[i] < '0' || blank[i] > '9')
			return NULL;
	return blank + 1;
}

bool folded_is(const char *text, size_t len)
{
	const char *end;

	while (len && (*text == '\n' || *text == '\r')) {
		text++;
		len--;
	}
	end = memchr(text, '\n', len);
	if (end)
		len = (size_t)(end - text);
	if (len && text[len - 1] == '\r')
		len--;
	if (memchr(text, '\0', len) || !count_of(text, len))
		return false;
	return memchr(text, ';', len) || !memchr(text, ',', len);
}

/* The number of the frame's function; stackcollapse-perf.pl marks kernel, inlined and jitted ones. */
static uint32_t frame_of(struct folded *f, const char *frame, size_t len, size_t line)
{
	size_t known = f->names.nr, id;

	if (len > 4 && frame[len - 4] == '_' && frame[len - 3] == '[' && frame[len - 1] == ']')
		len -= 4;
	if (!len || symbol_is_unknown(frame, len))
		return EDGES_UNKNOWN;
	symbol_name(&f->name, frame, len);
	id = strmap_intern(&f->names, f->name.buf, clean_function(f->name.buf, f->name.len));
	if (id == known) {
		if (f->alloc <= id) {
			f->alloc = alloc_grown(f->alloc, id + 1);
			f->samples = xreallocarray(f->samples, f->alloc, sizeof(*f->samples));
			f->lines = xreallocarray(f->lines, f->alloc, sizeof(*f->lines));
		}
		f->samples[id] = 0;
		f->lines[id] = line;
	}
	return (uint32_t)id;
}

/* The frames of a stack, the innermost first, as many as are looked at. */
static size_t split_stack(struct folded *f, const char *stack, size_t len, size_t line, uint32_t *frames)
{
	size_t nr = 0;

	while (nr < EDGES_DEPTH) {
		const char *semicolon = memrchr(stack, ';', len);
		size_t from = semicolon ? (size_t)(semicolon - stack) + 1 : 0;

		frames[nr++] = frame_of(f, stack + from, len - from, line);
		if (!semicolon)
			break;
		len = from - 1;
	}
	return nr;
}

static int take_line(const char *line, size_t len, size_t number, void *data)
{
	struct folded *f = data;
	uint32_t frames[EDGES_DEPTH];
	const char *count;
	uint64_t samples;
	size_t nr;

	while (len && (line[len - 1] == ' ' || line[len - 1] == '\t'))
		len--;
	if (!len || *line == '#')
		return 0;
	count = count_of(line, len);
	if (!count)
		return error_set("line %zu: no count at its end, expected \"main;parse;hash 123\"", number);
	strbuf_reset(&f->name);
	strbuf_add(&f->name, count, len - (size_t)(count - line));
	if (clean_count(&samples, f->name.buf, PROFILE_SAMPLES_MAX, "the count"))
		return error_prefix("line %zu", number);
	if (samples > PROFILE_SAMPLES_MAX - f->total)
		return error_set("line %zu: up to here there are more than %" PRIu64 " samples", number,
				 PROFILE_SAMPLES_MAX);
	if (f->names.nr > PROFILE_ROWS_MAX)
		return error_set("line %zu: more than %d functions; keep the hottest stacks only", number,
				 PROFILE_ROWS_MAX);
	f->total += samples;
	nr = split_stack(f, line, (size_t)(count - 1 - line), number, frames);
	if (frames[0] != EDGES_UNKNOWN)
		f->samples[frames[0]] += samples;
	edges_stack(&f->edges, frames, nr, samples);
	return 0;
}

/* Functions that have samples of their own, in the order of the file. */
static int make_rows(struct folded *f)
{
	struct stacks_function *functions = xcalloc(f->names.nr, sizeof(*functions));
	struct edges by_caller;
	int result = 0;

	for (size_t i = 0; i < f->names.nr; i++)
		functions[i] = (struct stacks_function){ .name = strmap_key(&f->names, i), .path = "" };
	stacks_copy(&by_caller, &f->edges);
	edges_sort(&by_caller, false);
	edges_sort(&f->edges, true);
	f->build->profile->has_percent = true;
	for (size_t i = 0; !result && i < f->names.nr; i++) {
		struct profile_row add = { .samples = f->samples[i], .line = f->lines[i] };

		if (!add.samples)
			continue;
		/* Not more than 100, however many samples: the quotient of two equal numbers is 1. */
		add.percent = 100 * ((double)add.samples / (double)f->total);
		add.calls = stacks_calls(&f->edges, &by_caller, (uint32_t)i, functions, f->total);
		result = build_row(f->build, functions[i].name, strlen(functions[i].name), "", &add);
	}
	edges_release(&by_caller);
	free(functions);
	return result;
}

int folded_read(struct build *build, struct input *input)
{
	struct folded f = { .build = build, .names = STRMAP_INIT, .edges = EDGES_INIT, .name = STRBUF_INIT };
	int result = input_lines(input, take_line, &f);

	if (!result)
		result = make_rows(&f);
	if (!result && !build->profile->nr)
		result = error_set("no stack in it has a count above 0 and a function that is known");
	strmap_release(&f.names);
	edges_release(&f.edges);
	strbuf_release(&f.name);
	free(f.samples);
	free(f.lines);
	return result;
}
