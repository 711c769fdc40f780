// Compiled several times, with flags that change the machine code; OTHER_UNIT is the name of the function.
#include "run.hpp"

Result OTHER_UNIT() { return results(); }
