/** Style sheets that are imported for the build to bundle them. */
declare module "*.css";
