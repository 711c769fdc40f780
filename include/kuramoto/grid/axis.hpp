// Axis: the two axes of a grid.
#pragma once

namespace kuramoto {

/// An axis of a grid. Sides belong to it: north and south to the rows, west and east to the columns.
enum class Axis {
    rows, ///< the row index grows along it: from north to south
    cols, ///< the column index grows along it: from west to east
};

} // namespace kuramoto
