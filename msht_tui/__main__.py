"""`python -m msht_tui` is the command `msht`."""

from msht_tui.start import main

if __name__ == "__main__":
    main()
