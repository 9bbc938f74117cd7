"""What every page stands in: navigation, the loop on the home page, inbox, lineage, the components."""
