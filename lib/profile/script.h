/*
 * What "perf script -F period,ip,sym,symoff,dso" prints, read line by line: a
 * period, then the frames of its stack, the innermost first. Frames of the
 * same function get the same number, by name, object and where it begins
 * within a page.
 *
 *	struct script script = SCRIPT_INIT;
 *
 *	for each line: script_line(&script, line, len);
 *	script_end(&script);
 *	... script.edges, script.frames[i] ...
 *	script_release(&script);
 *
 * Lines that are neither are passed over.
 */
#ifndef PROFILE_SCRIPT_H
#define PROFILE_SCRIPT_H

#include "base/strbuf.h"
#include "base/strmap.h"
#include "profile/edges.h"

struct script_frame {
	/* Where the function begins. */
	uint64_t begin;
	/* Places in the key of the frame: the object's name stands behind the function's. */
	size_t object;
};

struct script {
	/* When events were printed as well: only stacks of this one count. Borrowed. */
	const char *event;
	/* "<function>\0<object>\0<place in the page>". */
	struct strmap keys;
	struct script_frame *frames;
	size_t alloc;
	struct edges edges;
	/* The stack at hand. */
	uint32_t stack[EDGES_DEPTH];
	size_t depth;
	uint64_t period;
	struct strbuf key;
	/* Lines of frames that were seen lately: most come again at once. */
	struct script_seen *seen;
};

#define SCRIPT_INIT                                                          \
	{                                                                    \
		.keys = STRMAP_INIT, .edges = EDGES_INIT, .key = STRBUF_INIT \
	}

void script_line(struct script *script, const char *line, size_t len);
/* The last stack has ended. */
void script_end(struct script *script);
void script_release(struct script *script);

static inline const char *script_function(const struct script *script, size_t frame)
{
	return strmap_key(&script->keys, frame);
}

static inline const char *script_object(const struct script *script, size_t frame)
{
	return strmap_key(&script->keys, frame) + script->frames[frame].object;
}

#endif
