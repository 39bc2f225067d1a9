// SPDX-License-Identifier: Apache-2.0
// `sesam doctor`: checks the directory that the setting 'certificates' names.
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <set>
#include <variant>

#include "base/file.h"
#include "cli/certificate_facts.h"
#include "cli/doctor.h"
#include "keymgmt/public_key.h"
#include "n200/uri.h"
#include "store/certificate.h"

namespace sesam::cli {
namespace {

namespace fs = std::filesystem;

constexpr char kCertificates[] = "certificates";

struct Found {
  std::size_t files = 0;  // that have certificates
  std::size_t certificates = 0;
  std::size_t of_keys = 0;
};

std::size_t count_of(std::string_view text, std::string_view words) {
  std::size_t count = 0;
  for (auto at = text.find(words); at != text.npos; at = text.find(words, at + words.size())) ++count;
  return count;
}

std::vector<std::string> files_in(const std::string& directory) {
  std::vector<std::string> files;
  std::error_code failed;
  for (fs::directory_iterator entry(directory, failed), end; !failed && entry != end; entry.increment(failed))
    if (entry->is_regular_file(failed) && !entry->path().filename().string().starts_with('.'))
      files.push_back(entry->path().string());
  std::sort(files.begin(), files.end());
  return files;
}

// The public keys in the device, in the form that certificates are compared with.
Result<std::set<std::string>> keys_of(n200::Device& device) {
  std::set<std::string> identities;
  SESAM_CHECK(device.list_keys({}, [&](const n200::KeyRecord& record) {
    const auto type = keymgmt::type_of(record);
    const auto key = type ? keymgmt::public_key_of(record, *type) : Result<ossl::Pkey>(type.error());
    if (key) identities.insert(store::identity_of(key->get()));
  }));
  identities.erase("");
  return identities;
}

void report_dates(const std::string& file, const store::Certificate& certificate, Checkup& checkup) {
  const unsigned char* der = certificate.der.data();
  const ossl::X509Certificate x509(d2i_X509(nullptr, &der, static_cast<long>(certificate.der.size())));
  if (!x509) return;
  const std::string named = file + ": the certificate of '" + subject_of(x509.get()) + "' ";
  if (has_ended(x509.get()))
    checkup.warn(kCertificates, named + "expired on " + end_of(x509.get()), "renew it, and replace the file");
  else if (!has_begun(x509.get()))
    checkup.warn(kCertificates, named + "is valid from " + start_of(x509.get()),
                 "correct the clock of this machine, or wait until then");
  else if (const auto end = text_of_near_end(x509.get()); !end.empty())
    checkup.warn(kCertificates, named + end, "renew it, and replace the file");
}

void look_into(const std::string& file, const std::set<std::string>& keys, Found& found, Checkup& checkup) {
  const auto read = read_file(file);
  if (const int* failed = std::get_if<int>(&read))
    return checkup.bad(kCertificates, file + ": " + std::generic_category().message(*failed),
                       "make the file readable for the program's user");
  const auto text = std::get<Secret>(read).reveal();
  const auto certificates = store::certificates_in(text);
  if (const auto marked = count_of(text, "-----BEGIN CERTIFICATE-----"); marked > certificates.size())
    checkup.bad(kCertificates,
                file + ": " + std::to_string(marked - certificates.size()) + " of " + std::to_string(marked) +
                    " certificates cannot be parsed",
                "replace the file by the certificate in PEM, as its CA issued it");
  found.files += certificates.empty() ? 0 : 1;
  found.certificates += certificates.size();
  for (const auto& certificate : certificates) {
    found.of_keys += keys.count(certificate.key);
    report_dates(file, certificate, checkup);
  }
}

std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

}  // namespace

void check_certificates(const std::string& directory, n200::Device* device, Checkup& checkup) {
  const auto keys =
      device == nullptr ? Result<std::set<std::string>>(std::set<std::string>{}) : keys_of(*device);
  if (!keys) return checkup.bad(kCertificates, keys.error());
  Found found;
  for (const auto& file : files_in(directory)) look_into(file, *keys, found, checkup);
  const std::string where =
      counted(found.certificates, "certificate") + " in " + counted(found.files, "file") + " of " + directory;
  if (found.certificates == 0)
    checkup.warn(kCertificates, "no certificate in " + directory,
                 "put the certificates of the keys there, as PEM files");
  else if (device == nullptr)
    checkup.good(kCertificates, where + "; not compared with keys, as the device cannot be reached");
  else if (found.of_keys == 0)
    checkup.warn(kCertificates, where + ", none of them for a key in the device",
                 "put the certificates of the device's keys there; to list the keys, run: sesam list");
  else
    checkup.good(kCertificates,
                 where + ", " + std::to_string(found.of_keys) + " of them for keys in the device");
}

}  // namespace sesam::cli
