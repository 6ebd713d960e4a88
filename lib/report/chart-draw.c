#include "report/chart-draw.h"

#include <math.h>

#include "report/markup.h"
#include "report/say.h"

static const char *const classes[FINDING_MARKS] = { "open", "good", "bad", "skip" };

void chart_begin(struct strbuf *out, const char *id, double width, double height, const char *title,
		 const char *description)
{
	strbuf_addf(out,
		    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
		    "aria-labelledby=\"%s-title %s-desc\" style=\"min-width:%.0fpx\">\n",
		    width, height, id, id, fmin(width, 640 + fmax(0, width - 880)));
	strbuf_addf(out, "<title id=\"%s-title\">", id);
	markup_add(out, title);
	strbuf_addf(out, "</title>\n<desc id=\"%s-desc\">", id);
	markup_add(out, description);
	strbuf_addstr(out, "</desc>\n");
}

void chart_end(struct strbuf *out)
{
	strbuf_addstr(out, "</svg>\n");
}

double plot_y(const struct plot *p, double value)
{
	return p->top + p->height * (p->high - value) / (p->high - p->low);
}

double plot_step(double range)
{
	double power = pow(10, floor(log10(range / 5))), digit = range / 5 / power;

	return power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
}

/* As many digits as tell one line from the next. */
static void add_number(const struct plot *p, double value, double step, bool percent)
{
	int digits = (int)fmax(0, -floor(log10(percent ? 100 * step : step) + 1e-9));

	if (fabs(value) < step / 2)
		value = 0;
	if (percent)
		strbuf_addf(p->out, "%.*f %%", digits, 100 * value);
	else if (fabs(value) >= 1e15 || digits > 9)
		strbuf_addf(p->out, "%.4g", value);
	else
		strbuf_addf(p->out, "%.*f", digits, value);
}

void plot_grid(const struct plot *p, bool percent)
{
	double step = plot_step(p->high - p->low), first = ceil(p->low / step);

	for (int i = 0; i <= 20 && (first + i) * step <= p->high; i++) {
		double value = (first + i) * step, y = plot_y(p, value);

		strbuf_addf(p->out, "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/>", p->left, y,
			    p->left + p->width);
		strbuf_addf(p->out, "<text class=\"tick\" text-anchor=\"end\" x=\"%.1f\" y=\"%.1f\">",
			    p->left - 7, y + 4);
		add_number(p, value, step, percent);
		strbuf_addstr(p->out, "</text>\n");
	}
}

void chart_shape(struct strbuf *out, enum finding_mark mark, double x, double y, double size)
{
	strbuf_addf(out, "<path class=\"mark %s\" d=\"", classes[mark]);
	switch (mark) {
	case FINDING_GOOD:
		strbuf_addf(out, "M%.1f %.1fa%.1f %.1f 0 1 0 %.1f 0a%.1f %.1f 0 1 0 %.1f 0Z", x - size, y,
			    size, size, 2 * size, size, size, -2 * size);
		break;
	case FINDING_BAD:
		strbuf_addf(out, "M%.1f %.1fh%.1fv%.1fh%.1fZ", x - size, y - size, 2 * size, 2 * size,
			    -2 * size);
		break;
	case FINDING_SKIP:
		strbuf_addf(out, "M%.1f %.1fl%.1f %.1fm0 %.1fl%.1f %.1f", x - size, y - size, 2 * size,
			    2 * size, -2 * size, -2 * size, 2 * size);
		break;
	default:
		strbuf_addf(out, "M%.1f %.1fl%.1f %.1fl%.1f %.1fl%.1f %.1fZ", x, y - size * 1.3, size * 1.3,
			    size * 1.3, -size * 1.3, size * 1.3, -size * 1.3, -size * 1.3);
	}
	strbuf_addstr(out, "\"/>");
}

void chart_mark(enum finding_mark mark, struct strbuf *out)
{
	strbuf_addstr(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"icon\" viewBox=\"0 0 14 14\" "
			   "aria-hidden=\"true\">");
	chart_shape(out, mark, 7, 7, 4);
	strbuf_addstr(out, "</svg>");
}
