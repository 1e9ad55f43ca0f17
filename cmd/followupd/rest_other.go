//go:build !linux

package main

// restPages does nothing: how to give back pages of the program file is known of Linux only.
func restPages() {}
