#include "base/error.h"

#include "base/strbuf.h"

static struct strbuf message = STRBUF_INIT;

int(error_set)(const char *fmt, ...)
{
	struct strbuf text = STRBUF_INIT;
	va_list ap;

	/* The arguments may point into the old message: it goes last. */
	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	strbuf_release(&message);
	message = text;
	return -1;
}

int(error_prefix)(const char *fmt, ...)
{
	struct strbuf text = STRBUF_INIT;
	va_list ap;

	va_start(ap, fmt);
	strbuf_vaddf(&text, fmt, ap);
	va_end(ap);
	strbuf_addf(&text, ": %s", message.buf);
	strbuf_release(&message);
	message = text;
	return -1;
}

const char *error_message(void)
{
	return message.buf;
}

void error_clear(void)
{
	strbuf_release(&message);
}
