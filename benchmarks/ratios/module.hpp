// What the shared modules of this folder have in common: their functions are plain C, for ratios.py to load.
#pragma once

/// A function that the module shows; everything else in it is hidden, so that no two modules share an inline function.
#define RATIOS_EXPORT extern "C" [[gnu::visibility("default")]]
