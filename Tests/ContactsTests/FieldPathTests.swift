import Contacts
import Testing

@Test(arguments: FieldPath.fixed.keys.sorted())
func theNameOfAFieldReadsBackAsTheField(name: String) {
    #expect(FieldPath(name)?.description == name)
}
