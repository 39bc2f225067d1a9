# SPDX-License-Identifier: Apache-2.0
"""Small C programs that use the provider in ways no ordinary program does, and how tests run them."""
