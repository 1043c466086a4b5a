import { createFileRoute } from "@tanstack/react-router";
import { CustomersPage } from "../features/customers/CustomersPage";
import { ImportPage } from "../features/customers/ImportPage";
import { validateCustomers } from "../features/customers/search";

// The import is a view and no route of its own: a second route with pages in common costs the log-in 1.5 kB of shared chunks.
export const Route = createFileRoute("/_tenant/customers")({
  validateSearch: validateCustomers,
  component: Customers,
});

function Customers() {
  const search = Route.useSearch();
  return search.view === "import" ? <ImportPage show={search.show} /> : <CustomersPage search={search} />;
}
