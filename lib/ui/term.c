#include "ui/term.h"

#include <strings.h>
#include <sys/ioctl.h>

enum color_policy {
	COLOR_NEVER,
	COLOR_AUTO,
	COLOR_ALWAYS,
};

static const char *const sequences[COLOR_SLOTS] = {
	[COLOR_RESET] = "\033[m",    [COLOR_BOLD] = "\033[1m", [COLOR_DIM] = "\033[2m",
	[COLOR_COMMIT] = "\033[33m", [COLOR_OLD] = "\033[31m", [COLOR_NEW] = "\033[32m",
	[COLOR_FRAG] = "\033[36m",
};

static bool on_stdout, on_stderr;

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value && *value;
}

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (!strcasecmp(word, *words))
			return true;
	return false;
}

static enum color_policy read_policy(const char *setting, int option)
{
	static const char *const never[] = { "never", "false", "no", "off", "0", "", NULL };

	if (option >= 0)
		return option ? COLOR_ALWAYS : COLOR_NEVER;
	if (!setting)
		return COLOR_AUTO;
	if (!strcasecmp(setting, "always"))
		return COLOR_ALWAYS;
	return is_one_of(setting, never) ? COLOR_NEVER : COLOR_AUTO;
}

static bool can_color(void)
{
	const char *term = getenv("TERM");

	return term && *term && strcmp(term, "dumb") && !is_set("NO_COLOR");
}

/* Ours, or the one of "git -p". */
static bool pager_in_use(void)
{
	static const char *const no[] = { "0", "false", "no", "off", "", NULL };
	const char *value = getenv("GIT_PAGER_IN_USE");

	return pager_running() || (value && !is_one_of(value, no));
}

void color_init(const char *setting, int option)
{
	enum color_policy policy = read_policy(setting, option);
	bool able = policy == COLOR_AUTO && can_color();

	on_stdout = policy == COLOR_ALWAYS || (able && (isatty(STDOUT_FILENO) || pager_in_use()));
	on_stderr = policy != COLOR_NEVER && can_color() && isatty(STDERR_FILENO);
}

const char *color(enum color_slot slot)
{
	return on_stdout ? sequences[slot] : "";
}

const char *color_stderr(enum color_slot slot)
{
	return on_stderr ? sequences[slot] : "";
}

size_t term_width(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	long width = columns ? strtol(columns, NULL, 10) : 0;

	if (width > 0)
		return (size_t)width;
	if (!ioctl(fd, TIOCGWINSZ, &size) && size.ws_col)
		return size.ws_col;
	return 80;
}

size_t output_width(void)
{
	return isatty(STDOUT_FILENO) || pager_in_use() ? term_width(STDOUT_FILENO) : 0;
}
