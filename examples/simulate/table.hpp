// Observables against time as a table: comma-separated values, one line per frame.
#pragma once

#include "stream.hpp"
#include "text.hpp"

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace simulate {

/// Adds a number behind a comma. It reads back as the same double.
inline void append_number(std::string& row, double value) {
    char number[32];
    std::snprintf(number, sizeof number, ",%.17g", value);
    row += std::isnan(value) ? ",nan" : number; // the sign of a NaN depends on the machine
}

/// A table with the columns step, time and one per observable. Every number reads back as the same double. When `add`
/// returns, the row is in the file or was handed to the stream.
///
/// Until `finish` the file is called "<name>.part", as with kuramoto::NpySeries. All functions throw
/// std::runtime_error, with the name of the file, if it cannot be written. The rows so far are then in "<name>.part".
class Table {
  public:
    /// A new table.
    Table(const std::string& name, const std::vector<std::string>& observables) {
        if (const auto descriptor = descriptor_named(name))
            stream_.emplace(name, *descriptor);
        else
            file_.emplace(name, GrowingFile::Start::new_file);
        try {
            put(header_of(observables));
        } catch (...) {
            remove_if_empty();
            throw;
        }
    }

    /// Continues the table that was left under "<name>.part" or `name`. Keeps at least the first `least` rows, at most
    /// `most`, and cuts off the rest. They must be the rows of the steps `step_of(0)`, `step_of(1)`, …
    template <class StepOf>
    Table(const std::string& name, const std::vector<std::string>& observables, std::int64_t least, std::int64_t most,
          const StepOf& step_of)
        : is_new_(false) {
        keep(name, header_of(observables), least, most, step_of);
        file_.emplace(name, GrowingFile::Start::left_file);
        file_->cut_to(end_);
    }
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;
    ~Table() { remove_if_empty(); }

    void add(std::int64_t step, double time, const std::vector<double>& values) {
        std::string row = std::to_string(step);
        append_number(row, time);
        for (const double value : values) append_number(row, value);
        put(row + "\n");
        ++rows_;
    }

    /// Puts the file under its name. Nothing can be added after it.
    void finish() {
        if (!file_) return;
        is_new_ = false;
        file_->finish();
    }

    [[nodiscard]] std::int64_t rows() const { return rows_; }
    /// The name of the file until `finish`; empty for a stream.
    [[nodiscard]] std::string part() const { return file_ ? file_->part() : std::string(); }

  private:
    static std::string header_of(const std::vector<std::string>& observables) {
        std::string header = "step,time";
        for (const std::string& name : observables) header += "," + name;
        return header + "\n";
    }

    /// Finds the rows that are kept, and the offset of the first byte after them.
    template <class StepOf>
    void keep(const std::string& name, const std::string& header, std::int64_t least, std::int64_t most,
              const StepOf& step_of) {
        std::ifstream file(GrowingFile::name_to_take_up(name), std::ios::binary);
        std::string line;
        const auto fail = [&](const std::string& what) {
            throw std::runtime_error("cannot go on with '" + name + "': " + what);
        };
        const auto next = [&] { // a line without a line break is incomplete
            return std::getline(file, line) && !file.eof();
        };
        const auto take = [&] { end_ += static_cast<std::int64_t>(line.size()) + 1; };
        if (!next() || line + "\n" != header) fail("its columns are not " + header.substr(0, header.size() - 1));
        take();
        for (; rows_ < most && next(); ++rows_) {
            const std::string step = std::to_string(step_of(rows_));
            if (line.rfind(step + ",", 0) != 0)
                fail("row " + std::to_string(rows_ + 1) + " is not that of step " + step);
            take();
        }
        if (rows_ < least)
            fail("it has " + std::to_string(rows_) + " rows, but " + std::to_string(least) + " are to be kept");
    }

    /// Writes the text. After a failure, a file holds nothing of it.
    void put(const std::string& text) {
        if (stream_) return stream_->write(text.data(), text.size());
        try {
            file_->write(text.data(), text.size());
        } catch (...) {
            file_->take_back("", end_);
            throw;
        }
        end_ += static_cast<std::int64_t>(text.size());
    }

    void remove_if_empty() noexcept {
        if (file_ && is_new_ && rows_ == 0) file_->remove();
    }

    std::optional<OutputStream> stream_;
    std::optional<GrowingFile> file_;
    std::int64_t end_ = 0; // of the file, in bytes
    std::int64_t rows_ = 0;
    bool is_new_ = true; // a new file that does not have its name yet
};

} // namespace simulate
