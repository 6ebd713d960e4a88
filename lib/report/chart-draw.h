/* Private to lib/report/: axes and shapes of the drawings. */
#ifndef REPORT_CHART_DRAW_H
#define REPORT_CHART_DRAW_H

#include "report/chart.h"

/* The part of a drawing that holds data, in its units; y of values [low, high]. */
struct plot {
	struct strbuf *out;
	double left, top, width, height;
	double low, high;
};

/* <svg> of a size; `id` makes the ids of its title and description. */
void chart_begin(struct strbuf *out, const char *id, double width, double height, const char *title,
		 const char *description);
void chart_end(struct strbuf *out);
double plot_y(const struct plot *p, double value);
/* A round step of which some six fit into the range, and the line of each with its number. */
double plot_step(double range);
void plot_grid(const struct plot *p, bool percent);
/* Around (x, y), `size` from the middle to the edge. */
void chart_shape(struct strbuf *out, enum finding_mark mark, double x, double y, double size);

#endif
