#include "base/json.h"

#include <math.h>

#include "base/error.h"
#include "base/escape.h"

/* jansson answers NULL or -1 for nothing but a lack of memory once its arguments are right. */
static NORETURN void out_of_memory(void)
{
	fputs("fatal: out of memory for JSON\n", stderr);
	exit(128);
}

static json_t *checked(json_t *value)
{
	if (!value)
		out_of_memory();
	return value;
}

static json_t *text_of(const char *text, size_t len)
{
	struct strbuf clean = STRBUF_INIT;
	json_t *value;

	escape_utf8(&clean, text, len);
	value = checked(json_stringn_nocheck(clean.buf, clean.len));
	strbuf_release(&clean);
	return value;
}

json_t *json_text(const char *text)
{
	return text_of(text, strlen(text));
}

json_t *json_real_rounded(double value)
{
	char digits[32];

	if (!isfinite(value))
		return json_null();
	snprintf(digits, sizeof(digits), "%.5e", value);
	value = strtod(digits, NULL);
	/* No "-0.0". */
	return checked(json_real(value == 0 ? 0 : value));
}

void json_set(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, checked(value)))
		out_of_memory();
}

void json_append(json_t *array, json_t *value)
{
	if (json_array_append_new(array, checked(value)))
		out_of_memory();
}

void json_set_text(json_t *object, const char *key, const char *text)
{
	json_set(object, key, json_text(text));
}

void json_set_textn(json_t *object, const char *key, const char *text, size_t len)
{
	json_set(object, key, text_of(text, len));
}

void json_set_int(json_t *object, const char *key, long long value)
{
	json_set(object, key, json_integer(value));
}

void json_set_real(json_t *object, const char *key, double value)
{
	json_set(object, key, json_real_rounded(value));
}

void json_set_bool(json_t *object, const char *key, bool value)
{
	json_set(object, key, json_boolean(value));
}

/* Beyond ASCII, JSON has nothing but the inside of strings: \uNNNN may stand for any of it. */
static void add_safe(struct strbuf *out, const char *text, size_t len)
{
	size_t start = 0, at = 0;

	while (at < len) {
		uint32_t c = 0;
		size_t n = utf8_sequence(text + at, len - at, &c);

		if (!n)
			BUG("JSON that is no UTF-8");
		if (escape_needed(c, ESCAPE_KEEP_LINES)) {
			strbuf_add(out, text + start, at - start);
			strbuf_addf(out, "\\u%04X", (unsigned)c);
			start = at + n;
		}
		at += n;
	}
	strbuf_add(out, text + start, at - start);
}

int json_print(json_t *root, FILE *out)
{
	struct strbuf safe = STRBUF_INIT;
	char *text = json_dumps(root, JSON_INDENT(2) | JSON_ENCODE_ANY | JSON_REAL_PRECISION(6));
	int result = 0;

	json_decref(root);
	if (!text)
		out_of_memory();
	add_safe(&safe, text, strlen(text));
	free(text);
	strbuf_addch(&safe, '\n');
	if (fwrite(safe.buf, 1, safe.len, out) != safe.len || fflush(out))
		result = error_set("cannot write the JSON: %s", strerror(errno));
	strbuf_release(&safe);
	return result;
}

json_t *json_parse(const char *text, size_t len, bool more)
{
	json_error_t error;
	json_t *root = json_loadb(text, len,
				  JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL |
					  (more ? JSON_DISABLE_EOF_CHECK : 0),
				  &error);

	if (!root)
		error_set("line %d, column %d: %s", error.line, error.column, error.text);
	return root;
}

/* Undoes the escapes of one step: "~1" is "/", "~0" is "~". */
static void add_step(struct strbuf *step, const char *from, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = from[i];

		if (c == '~' && i + 1 < len && (from[i + 1] == '0' || from[i + 1] == '1'))
			c = from[++i] == '0' ? '~' : '/';
		strbuf_addch(step, c);
	}
}

static json_t *child_of(json_t *value, const char *step)
{
	size_t digits = strspn(step, "0123456789");

	if (json_is_object(value))
		return json_object_get(value, step);
	if (!json_is_array(value) || !digits || step[digits] || digits > 9 || (*step == '0' && digits > 1))
		return NULL;
	return json_array_get(value, (size_t)strtoul(step, NULL, 10));
}

json_t *json_pointer(json_t *root, const char *pointer)
{
	struct strbuf step = STRBUF_INIT;
	const char *at = pointer;

	if (*at && *at != '/') {
		error_set("'%s' is no JSON pointer: it begins with '/'", pointer);
		return NULL;
	}
	while (*at && root) {
		size_t len = strcspn(at + 1, "/");

		strbuf_reset(&step);
		add_step(&step, at + 1, len);
		root = child_of(root, step.buf);
		at += 1 + len;
	}
	if (!root)
		error_set("there is no '%.*s'", (int)(at - pointer), pointer);
	strbuf_release(&step);
	return root;
}
