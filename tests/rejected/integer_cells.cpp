// Cells are float or double.
// Unsatisfied: Real
#include <kuramoto/kuramoto.hpp>

#if defined(KURAMOTO_REJECTED)
using Cell = int;
#else
using Cell = float;
#endif

void use(Cell* cells) { kuramoto::Grid<Cell> grid(cells, 2, 3); }
