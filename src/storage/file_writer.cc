#include "storage/file_writer.h"

namespace vouchsafe::storage {

Result<> FileWriter::Replace(const std::string& folder, const std::string& name,
                             const std::string& temporary,
                             ByteView bytes) const {
  const std::string path = folder + "/" + temporary;
  Result<> written = env_.Write(path, bytes);
  if (written && durable_) written = env_.SyncFile(path);
  if (written) written = env_.Rename(path, folder + "/" + name);
  if (!written) {
    // What could not be written should not take space; that the removal fails
    // too is no news.
    (void)env_.Remove(path);
    return written;
  }
  return SyncFolder(folder);
}

Result<> FileWriter::Remove(const std::string& folder,
                            const std::string& name) const {
  TRY(env_.Remove(folder + "/" + name));
  return SyncFolder(folder);
}

Result<> FileWriter::SyncFolder(const std::string& folder) const {
  if (!durable_) return {};
  return env_.SyncFolder(folder);
}

}  // namespace vouchsafe::storage
