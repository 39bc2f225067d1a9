# SPDX-License-Identifier: Apache-2.0
"""Small C programs that use the provider in unusual ways, and helpers to run them."""
