// The schedule of a tile against a simulation of its memory: every level reads rows that exist, have gone through
// exactly the levels before, and are not yet overwritten.

#include <kuramoto/detail/tiling/schedule.hpp>
#include <kuramoto/detail/tiling/storage.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace km = kuramoto;

namespace {

using km::detail::Schedule;
using km::detail::StorageShape;
using km::detail::TileWithHalo;
using km::detail::Wavefront;

struct Case {
    std::ptrdiff_t lattice_rows = 1;
    std::ptrdiff_t begin = 0;
    std::ptrdiff_t end = 1;
    int depth = 1;
    int stages = 1;
    bool rows_wrap = false;
    bool has_row_above = false;

    [[nodiscard]] int levels() const { return depth * stages; }
    [[nodiscard]] TileWithHalo area() const {
        return km::detail::with_halo<float>({.row_begin = begin, .row_end = end, .col_begin = 0, .col_end = 5},
                                            levels(), {.rows = lattice_rows, .cols = 5, .rows_wrap = rows_wrap});
    }
    [[nodiscard]] std::string text() const {
        return "rows " + std::to_string(begin) + " to " + std::to_string(end) + " of " + std::to_string(lattice_rows) +
               ", depth " + std::to_string(depth) + ", stages " + std::to_string(stages) +
               (rows_wrap ? ", periodic" : "") + (has_row_above ? ", row above" : "");
    }
};

template <class Check> void for_all_cases(const Check& check) {
    for (const std::ptrdiff_t rows : {1, 2, 3, 5, 8, 21})
        for (std::ptrdiff_t begin = 0; begin < rows; ++begin)
            for (std::ptrdiff_t end = begin + 1; end <= rows; ++end)
                for (const int depth : {1, 2, 3, 6})
                    for (const int stages : {1, 2, 3, 4})
                        for (const auto& [wraps, above] :
                             {std::pair{false, false}, std::pair{false, true}, std::pair{true, false}}) {
                            const Case at{rows, begin, end, depth, stages, wraps, above};
                            check(at);
                            if (::testing::Test::HasFailure()) FAIL() << at.text();
                        }
}

/// Rings of rows that know which row stands in each place.
class Rings {
  public:
    explicit Rings(int rows) : rows_(rows) {}

    void write(int level, std::ptrdiff_t i) { holds_[{level, place(i)}] = i; }
    [[nodiscard]] bool holds(int level, std::ptrdiff_t i) const {
        const auto found = holds_.find({level, place(i)});
        return found != holds_.end() && found->second == i;
    }

  private:
    [[nodiscard]] std::ptrdiff_t place(std::ptrdiff_t i) const { return ((i % rows_) + rows_) % rows_; }

    int rows_;
    std::map<std::pair<int, std::ptrdiff_t>, std::ptrdiff_t> holds_;
};

/// The memory of a tile while it goes through the levels. The phases of level s are those after s levels.
class Memory {
  public:
    explicit Memory(const Case& at)
        : case_(at), area_(at.area()), schedule_(area_, at.has_row_above), phases_(shape().phases()),
          sums_(shape().sums() > 0 ? shape().sums() : 1), theta_(static_cast<std::size_t>(at.lattice_rows), 0),
          last_worked_(static_cast<std::size_t>(at.levels())) {}

    void run() {
        fetch(schedule_.first_row(0));
        for (Wavefront wave(schedule_); !wave.is_done(); wave.move_down()) {
            check_start(wave);
            if (schedule_.is_steady(wave.front(), shape().phases())) check_repetition(wave);
            for (int level = wave.begin(); level < wave.end(); ++level)
                work(level, Schedule::row_at(wave.front(), level));
            if (::testing::Test::HasFailure()) return;
        }
        for (std::ptrdiff_t i = 0; i < case_.lattice_rows; ++i)
            ASSERT_EQ(theta_[static_cast<std::size_t>(i)], is_in_tile(i) ? case_.levels() : 0) << "row " << i;
    }

  private:
    [[nodiscard]] StorageShape shape() const { return {case_.levels(), case_.stages, 1}; }
    [[nodiscard]] bool is_in_tile(std::ptrdiff_t i) const { return i >= case_.begin && i < case_.end; }
    [[nodiscard]] bool is_in_lattice(std::ptrdiff_t i) const {
        return case_.rows_wrap || (i >= 0 && i < case_.lattice_rows);
    }

    // Row i for the first level: from θ, which must not be overwritten, or from the halo.
    void fetch(std::ptrdiff_t i) {
        if (!is_in_lattice(i)) return;
        if (is_in_tile(i)) {
            ASSERT_EQ(theta_[static_cast<std::size_t>(i)], 0) << "row " << i;
        } else {
            ASSERT_TRUE(i >= area_.outer.row_begin && i < area_.outer.row_end) << "row " << i;
        }
        phases_.write(0, i);
    }

    // A level starts once, with its first row, and no level that has started is passed over.
    void check_start(const Wavefront& wave) const {
        for (int level = 0; level < case_.levels(); ++level) {
            const std::ptrdiff_t i = Schedule::row_at(wave.front(), level);
            const bool is_at_work = i >= schedule_.first_row(level) && i < schedule_.end_row(level);
            ASSERT_EQ(level >= wave.begin() && level < wave.end(), is_at_work) << "level " << level << ", row " << i;
            if (level + 1 == wave.end()) {
                ASSERT_EQ(wave.has_started(), i == schedule_.first_row(level));
            }
        }
    }

    // A task may be used again after a ring of fronts: its row and the one below were inside the lattice, and are.
    void check_repetition(const Wavefront& wave) const {
        ASSERT_EQ(wave.begin(), 0);
        ASSERT_EQ(wave.end(), case_.levels());
        for (int level = 0; level < case_.levels(); ++level) {
            const std::ptrdiff_t i = Schedule::row_at(wave.front(), level);
            const std::ptrdiff_t before = i - shape().phases();
            ASSERT_FALSE(schedule_.is_early(level, before));
            ASSERT_GE(before, 0);
            ASSERT_LT(i + 1, case_.lattice_rows);
        }
    }

    void work(int level, std::ptrdiff_t i) {
        const std::string what = "level " + std::to_string(level) + ", row " + std::to_string(i);
        if (level == 0) fetch(i + 1);
        read(level, i, what);
        read(level, i + 1, what);
        std::optional<std::ptrdiff_t>& last_worked = last_worked_[static_cast<std::size_t>(level)];
        if (schedule_.is_early(level, i)) {
            ASSERT_FALSE(last_worked.has_value()) << what;
        } else {
            ASSERT_TRUE(is_in_lattice(i)) << what;
            check_fluxes_from_above(i, last_worked, what);
            read_stage(level, i, what);
            write(level, i, what);
        }
        last_worked = i;
    }

    void read(int level, std::ptrdiff_t i, const std::string& what) const {
        if (!is_in_lattice(i)) { // given phases or fluxes
            ASSERT_TRUE(i == case_.lattice_rows || (i == -1 && case_.has_row_above)) << what;
            return;
        }
        ASSERT_TRUE(phases_.holds(level, i)) << what << " reads row " << i;
    }

    // They are of the row above, or of an edge that is a source of fluxes.
    void check_fluxes_from_above(std::ptrdiff_t i, const std::optional<std::ptrdiff_t>& last_worked,
                                 const std::string& what) const {
        const bool is_below_fluxes = i == 0 && !case_.rows_wrap && !case_.has_row_above;
        ASSERT_EQ(last_worked.has_value(), !is_below_fluxes) << what;
        if (last_worked.has_value()) {
            ASSERT_EQ(*last_worked, i - 1) << what;
        }
    }

    // Later stages add to the sum of the stages before, and start from the first phases of the step except at its end.
    void read_stage(int level, std::ptrdiff_t i, const std::string& what) {
        const int stage = level % case_.stages;
        const bool ends_step = stage + 1 == case_.stages;
        if (stage > 0) {
            ASSERT_TRUE(sums_.holds(level - 1, i)) << what << " reads a sum";
        }
        if (stage > 0 && !ends_step) {
            ASSERT_TRUE(phases_.holds(level - stage, i)) << what << " reads first phases";
        }
        if (!ends_step) sums_.write(level, i);
    }

    void write(int level, std::ptrdiff_t i, const std::string& what) {
        if (!schedule_.is_last(level)) {
            phases_.write(level + 1, i);
            return;
        }
        ASSERT_TRUE(is_in_tile(i)) << what;
        ASSERT_EQ(theta_[static_cast<std::size_t>(i)], 0) << what;
        theta_[static_cast<std::size_t>(i)] = case_.levels();
    }

    Case case_;
    TileWithHalo area_;
    Schedule schedule_;
    Rings phases_;
    Rings sums_;
    std::vector<int> theta_; // levels that each row has gone through
    std::vector<std::optional<std::ptrdiff_t>> last_worked_;
};

TEST(Schedule, ReadsOnlyRowsThatExistAndAreNotOverwritten) {
    for_all_cases([](const Case& at) { Memory(at).run(); });
}

TEST(Schedule, WorksOnOneMoreRowPerLevelOnEverySide) {
    const Case at{.lattice_rows = 40, .begin = 11, .end = 17, .depth = 3};
    const Schedule schedule(at.area(), false);
    EXPECT_EQ(schedule.begin_row(2), 11);
    EXPECT_EQ(schedule.end_row(2), 17);
    EXPECT_EQ(schedule.begin_row(0), 9);
    EXPECT_EQ(schedule.end_row(0), 19);
    EXPECT_EQ(schedule.first_row(0), 8);
    EXPECT_TRUE(schedule.is_early(0, 8));
    EXPECT_FALSE(schedule.is_early(0, 9));
}

TEST(Schedule, EndsWhereTheLatticeDoes) {
    const Case whole{.lattice_rows = 7, .begin = 0, .end = 7, .depth = 5};
    Case with_row_above = whole;
    with_row_above.has_row_above = true;
    for (int level = 0; level < 5; ++level) {
        const Schedule schedule(whole.area(), false);
        EXPECT_EQ(schedule.first_row(level), 0);
        EXPECT_EQ(schedule.begin_row(level), 0);
        EXPECT_EQ(schedule.end_row(level), 7);
        EXPECT_EQ(Schedule(with_row_above.area(), true).first_row(level), -1);
    }
    Case periodic = whole;
    periodic.rows_wrap = true;
    EXPECT_EQ(Schedule(periodic.area(), false).begin_row(0), -4);
    EXPECT_EQ(Schedule(periodic.area(), false).end_row(0), 11);
}

// As many fronts as a level has rows, and one more for each level other than the first.
TEST(Wavefront, TakesOneFrontPerRowAndLevel) {
    const Case at{.lattice_rows = 9, .begin = 0, .end = 9, .depth = 4};
    const Schedule schedule(at.area(), false);
    int fronts = 0;
    for (Wavefront wave(schedule); !wave.is_done(); wave.move_down()) ++fronts;
    EXPECT_EQ(fronts, 9 + 3);
}

} // namespace
