// The row storage of a tile: rows do not overlap, fill the scratch exactly, and take turns in their rings.

#include <kuramoto/detail/tiling/field_rows.hpp>
#include <kuramoto/detail/tiling/storage.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <set>
#include <vector>

namespace km = kuramoto;

namespace {

using km::detail::RowCarver;
using km::detail::RowRings;
using km::detail::RowStorage;
using km::detail::StorageShape;

template <class T> class Storage : public ::testing::Test {};
using Precisions = ::testing::Types<float, double>;
TYPED_TEST_SUITE(Storage, Precisions);

template <class Check> void for_all_shapes(const Check& check) {
    for (const int levels : {1, 2, 4, 12})
        for (const int stages : {1, 2, 4})
            for (const int extra_rows : {1, 2, 3, 4})
                for (const std::ptrdiff_t cols : {1, 15, 16, 17, 129, 640}) check({levels, stages, extra_rows}, cols);
}

/// Collects where the rows of a storage begin.
template <class T> class Starts {
  public:
    void add(const T* row) { EXPECT_TRUE(rows_.insert(row).second) << "a row is carved twice"; }
    void add(const RowRings<T>& rings, int levels) {
        for (int level = 0; level < levels; ++level)
            for (std::ptrdiff_t i = 0; i < rings.rows(); ++i) add(rings.row(level, i));
    }
    [[nodiscard]] const std::set<const T*>& rows() const { return rows_; }

  private:
    std::set<const T*> rows_;
};

TYPED_TEST(Storage, FillsTheScratchWithoutOverlaps) {
    using T = TypeParam;
    for_all_shapes([](const StorageShape& shape, std::ptrdiff_t cols) {
        const std::ptrdiff_t distance = km::detail::row_size<T>(cols);
        std::vector<T> memory(static_cast<std::size_t>(km::detail::storage_size<T>(shape, cols)));
        RowCarver<T> carver(memory.data(), distance);
        const RowStorage<T> storage(shape, carver);
        Starts<T> starts;
        starts.add(storage.phases, shape.levels);
        starts.add(storage.fluxes, shape.levels);
        starts.add(storage.sums, shape.levels);
        for (const T* row : {storage.result, storage.second_result, storage.north, storage.south, storage.noise})
            starts.add(row);
        for (int k = 0; k < shape.extra_rows * shape.levels; ++k) starts.add(carver.take(1));

        ASSERT_EQ(carver.next(), memory.data() + memory.size());
        ASSERT_EQ(static_cast<std::ptrdiff_t>(starts.rows().size()), shape.rows());
        const T* expected = memory.data();
        for (const T* row : starts.rows()) {
            ASSERT_EQ(row, expected);
            expected += distance;
        }
    });
}

// The row kernel loads and stores whole vectors of fluxes.
TYPED_TEST(Storage, PadsRowsByAVector) {
    using T = TypeParam;
    constexpr std::ptrdiff_t line = km::detail::widest<T>;
    for (std::ptrdiff_t cols = 1; cols < 3000; cols += 13) {
        const std::ptrdiff_t distance = km::detail::row_size<T>(cols);
        ASSERT_GE(distance, cols + line);
        ASSERT_EQ(distance % line, 0);
        ASSERT_EQ(distance / line % 2, 1) << "rows must not share the sets of a cache";
    }
}

TYPED_TEST(Storage, KeepsTheLastRowsOfEveryLevel) {
    using T = TypeParam;
    for (const int rows : {1, 2, 4}) {
        std::vector<T> memory(static_cast<std::size_t>(3 * rows * 16));
        RowCarver<T> carver(memory.data(), 16);
        const RowRings<T> rings(carver, 3, rows);
        for (int level = 0; level < 3; ++level)
            for (std::ptrdiff_t i = -9; i < 9; ++i) {
                ASSERT_EQ(rings.row(level, i), rings.row(level, i + rows));
                for (int later = 1; later < rows; ++later)
                    ASSERT_NE(rings.row(level, i), rings.row(level, i + later)) << "row " << i;
            }
    }
}

// A field that is not consecutive is packed, a row per level; one that is, and a number, are read where they are.
TYPED_TEST(Storage, PacksFieldsThatAreNotConsecutive) {
    using T = TypeParam;
    constexpr int levels = 3;
    const km::detail::Extent extent{.rows = 5, .cols = 4, .rows_wrap = true};
    const km::detail::TileWithHalo area =
        km::detail::with_halo<T>({.row_begin = 0, .row_end = 5, .col_begin = 0, .col_end = 4}, levels, extent);
    std::vector<T> values(20);
    for (std::size_t k = 0; k < values.size(); ++k) values[k] = static_cast<T>(k) + 1;
    std::vector<T> memory(static_cast<std::size_t>(levels * km::detail::row_size<T>(4)));
    const auto rows_of = [&](const km::detail::Source<T>& source) {
        RowCarver<T> carver(memory.data(), km::detail::row_size<T>(4));
        return km::detail::FieldRows<T>(source, area, carver);
    };

    const auto in_place = rows_of({.field = {values.data(), 5, 4}, .is_uniform = false});
    EXPECT_FALSE(in_place.packs());
    EXPECT_EQ(in_place.step(), 4);
    EXPECT_EQ(in_place.row(3, 1).values, values.data() + 13);
    EXPECT_EQ(in_place.row(-1, 0).values, values.data() + 16);

    const auto packed = rows_of({.field = km::Grid<const T>(values.data(), 4, 5).transposed(), .is_uniform = false});
    ASSERT_TRUE(packed.packs());
    for (std::ptrdiff_t i = -2; i < 1; ++i) packed.pack(i, 0, 4);
    for (std::ptrdiff_t i = -2; i < 1; ++i)
        for (std::ptrdiff_t j = 0; j < 4; ++j)
            EXPECT_EQ(packed.row(i, 0).values[j], values[static_cast<std::size_t>(j * 5 + (i + 5) % 5)]);

    const auto number = rows_of({.number = T{7}});
    EXPECT_FALSE(number.packs());
    EXPECT_EQ(number.row(2, 3).step, 0);
    for (std::ptrdiff_t k = 0; k < km::detail::widest<T>; ++k) EXPECT_EQ(number.row(2, 3).values[k], T{7});
}

} // namespace
