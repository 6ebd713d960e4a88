#include "profile/input.h"

#include "base/error.h"
#include "profile/profile.h"

#define PIECE 65536

static const char bom[] = "\xef\xbb\xbf";

void input_memory(struct input *input, const char *text, size_t len)
{
	*input = (struct input){ .fd = -1, .text = text, .len = len };
}

void input_file(struct input *input, int fd)
{
	*input = (struct input){ .fd = fd, .buffer = xmalloc(PIECE) };
}

void input_release(struct input *input)
{
	free(input->buffer);
	*input = (struct input)INPUT_INIT;
}

/* One read behind the `have` bytes of the buffer. */
static ssize_t read_some(struct input *input, size_t have)
{
	ssize_t n;

	do {
		n = read(input->fd, input->buffer + have, PIECE - have);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? error_set("cannot be read: %s", strerror(errno)) : n;
}

ssize_t input_peek(struct input *input, const char **piece)
{
	/* Pipes give little at a time. */
	while (input->fd >= 0 && input->len < PIECE) {
		ssize_t n = read_some(input, input->len);

		if (n < 0)
			return -1;
		input->text = input->buffer;
		input->len += (size_t)n;
		if (!n)
			break;
	}
	*piece = input->text;
	return (ssize_t)input->len;
}

ssize_t input_next(struct input *input, const char **piece)
{
	ssize_t n = (ssize_t)input->len;

	*piece = input->text;
	if (!n && input->fd >= 0) {
		n = read_some(input, 0);
		*piece = input->buffer;
	}
	input->len = 0;
	if (n <= 0)
		return n;
	input->total += (size_t)n;
	if (input->total > PROFILE_BYTES_MAX)
		return error_set("more than %zu MiB; keep the hottest functions only", PROFILE_BYTES_MAX >> 20);
	return n;
}

static int take_line(struct input *input, struct strbuf *line, input_line_fn *fn, void *data)
{
	const char *text = line->buf;
	int result;

	input->line++;
	if (strlen(text) != line->len)
		return error_set("line %zu: a NUL byte; is this a binary file?", input->line);
	if (line->len && text[line->len - 1] == '\r')
		strbuf_setlen(line, line->len - 1);
	if (input->line == 1 && starts_with(text, bom))
		text += strlen(bom);
	result = fn(text, strlen(text), input->line, data);
	strbuf_reset(line);
	return result;
}

/* Takes a piece apart; what is behind its last line end stays in `line`. */
static int take_piece(struct input *input, struct strbuf *line, const char *piece, size_t len,
		      input_line_fn *fn, void *data)
{
	int result = 0;

	while (!result && len) {
		const char *end = memchr(piece, '\n', len);
		size_t n = end ? (size_t)(end - piece) : len;

		if (n > INPUT_LINE_MAX - line->len)
			return error_set("line %zu: more than %d bytes", input->line + 1, INPUT_LINE_MAX);
		strbuf_add(line, piece, n);
		if (end)
			result = take_line(input, line, fn, data);
		n += end != NULL;
		piece += n;
		len -= n;
	}
	return result;
}

int input_lines(struct input *input, input_line_fn *fn, void *data)
{
	struct strbuf line = STRBUF_INIT;
	const char *piece;
	int result = 0;
	ssize_t n = 0;

	while (!result && (n = input_next(input, &piece)) > 0)
		result = take_piece(input, &line, piece, (size_t)n, fn, data);
	if (!result && n < 0)
		result = -1;
	if (!result && line.len)
		result = take_line(input, &line, fn, data);
	strbuf_release(&line);
	return result;
}
