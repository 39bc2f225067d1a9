// SPDX-License-Identifier: Apache-2.0
#include "n200/secret_forms.h"

#include "n200/request.h"

namespace sesam::n200 {

std::vector<Secret> forms_of(std::string_view secret) {
  std::vector<Secret> forms;
  if (secret.empty()) return forms;
  forms.emplace_back(secret);
  const std::span bytes(reinterpret_cast<const unsigned char*>(secret.data()), secret.size());
  Secret base64;
  append_base64(base64, bytes);
  std::string_view unpadded = base64.reveal();
  unpadded = unpadded.substr(0, unpadded.find('='));
  forms.emplace_back(unpadded);
  forms.emplace_back().append_hex_of(secret);
  for (const auto form : {secret, unpadded}) append_encoded(forms.emplace_back(), form);
  return forms;
}

}  // namespace sesam::n200
